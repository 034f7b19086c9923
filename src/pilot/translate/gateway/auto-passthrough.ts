import { hostWithin, type MeshModel, type Proxy } from '../../model';
import { type OutboundTarget, targetsOfProxy } from '../outbound-target';
import { type MergedServer, mergeGateways } from './merged-gateway';

/**
 * The SNI-routed targets of a gateway with AUTO_PASSTHROUGH servers: every port and subset of the services within the mesh
 * that a server's hosts cover. Such a server leads from one network of the mesh into this one.
 */
export function autoPassthroughTargets(model: MeshModel, proxy: Proxy): readonly OutboundTarget[] {
  if (proxy.type !== 'router') return [];
  const servers = mergeGateways(model, proxy).listeners.flatMap((listener) =>
    listener.servers.filter(isAutoPassthrough),
  );
  if (servers.length === 0) return [];
  return targetsOfProxy(model, proxy)
    .filter(({ service }) => !service.meshExternal && servers.some((server) => offers(server, service.hostname)))
    .map((target) => ({ ...target, sniRouted: true }));
}

/** Whether a server forwards TLS by its server name, to whatever service that names. */
export function isAutoPassthrough({ server }: MergedServer): boolean {
  return server.tls?.mode === 'AUTO_PASSTHROUGH';
}

/** Whether the hosts of a server cover a service. */
export function offers({ hosts }: MergedServer, hostname: string): boolean {
  return hosts.some(({ host }) => hostWithin(hostname, host));
}
