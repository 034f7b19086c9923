import type { Destination } from '../../../istio';
import { type MeshModel, portOf, type Proxy } from '../../model';
import { outboundClusterName } from '../names';
import { findTarget, type OutboundTarget } from '../outbound-target';

/** Where a route sends requests: the cluster's name, and the target behind it when the proxy can see it. */
export interface RouteTarget {
  readonly cluster: string;
  readonly target: OutboundTarget | undefined;
}

/**
 * The cluster of a destination. Its port is the one named, else the only one of the service, else the one the request came
 * to. A destination that the proxy cannot see still gets its name, so that requests fail there and nowhere else.
 */
export function routeTarget(model: MeshModel, proxy: Proxy, destination: Destination, listenPort: number): RouteTarget {
  const service = model.services.find(destination.host, proxy.namespace);
  const host = service?.resolution === 'Alias' ? (service.externalName ?? destination.host) : destination.host;
  const only = service?.ports.length === 1 ? service.ports[0]?.port : undefined;
  const port = destination.port?.number ?? only ?? listenPort;
  const cluster = outboundClusterName(host, port, destination.subset);
  const known = service && portOf(service, port) ? findTarget(model, proxy, cluster) : undefined;
  return { cluster, target: known };
}
