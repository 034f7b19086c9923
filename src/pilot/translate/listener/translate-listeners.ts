import type { MeshModel, Proxy } from '../../model';
import { grpcListeners } from '../grpc/grpc-listeners';
import type { XdsResource } from '../xds-resource';
import { gatewayListeners } from './gateway-listeners';
import { sidecarListeners } from './sidecar-listeners';

/** The listeners of a proxy: all of them, or those of these names. A proxyless client names what it calls. */
export function translateListeners(model: MeshModel, proxy: Proxy, names?: readonly string[]): readonly XdsResource[] {
  if (proxy.generator === 'grpc') return grpcListeners(model, proxy, names);
  const all = proxy.type === 'router' ? gatewayListeners(model, proxy) : sidecarListeners(model, proxy);
  return names ? all.filter(({ name }) => names.includes(name)) : all;
}
