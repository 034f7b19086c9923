import type { MeshModel, MeshService, Proxy } from '../model';
import { sidecarScope } from './sidecar/sidecar-scope';

/** The services that a proxy has clusters for, in the order in which they win conflicts. */
export function visibleServices(model: MeshModel, proxy: Proxy): readonly MeshService[] {
  return proxy.type === 'sidecar' ? sidecarScope(model, proxy).services : model.services.visibleIn(proxy.namespace);
}

/** The service of a host as a proxy sees it. */
export function findService(model: MeshModel, proxy: Proxy, hostname: string): MeshService | undefined {
  return proxy.type === 'sidecar'
    ? sidecarScope(model, proxy).find(hostname)
    : model.services.find(hostname, proxy.namespace);
}
