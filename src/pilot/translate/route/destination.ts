import type { Destination } from '../../../istio';
import { type MeshModel, type MeshService, portOf, type Proxy } from '../../model';
import { outboundClusterName } from '../names';
import { findService } from '../visible-services';
import { findTarget, type OutboundTarget } from '../outbound-target';

/** What a rule is translated in: for which proxy, and for requests to which port. */
export interface RouteContext {
  readonly model: MeshModel;
  readonly proxy: Proxy;
  readonly listenPort: number;
}

/** Where a route sends requests: the cluster's name, and the target behind it when the proxy can see it. */
export interface RouteTarget {
  readonly cluster: string;
  readonly target: OutboundTarget | undefined;
}

/**
 * The cluster of a destination. Its port is the one named, else the only one of the service, else the one the request came
 *  to; where routes are kept by port (HTTP routes of sidecars), always the one the request came to. A destination that the proxy cannot see still gets its name, so that requests fail there and nowhere else.
 */
export function routeTarget(
  { model, proxy, listenPort }: RouteContext,
  destination: Destination,
  byPort = false,
): RouteTarget {
  const service = findService(model, proxy, destination.host);
  const host = service?.resolution === 'Alias' ? (service.externalName ?? destination.host) : destination.host;
  const port = destination.port?.number ?? (byPort ? listenPort : onlyPort(service)) ?? listenPort;
  const cluster = outboundClusterName(host, port, destination.subset);
  const known = service && portOf(service, port) ? findTarget(model, proxy, cluster) : undefined;
  return { cluster, target: known };
}

function onlyPort(service: MeshService | undefined): number | undefined {
  return service?.ports.length === 1 ? service.ports[0]?.port : undefined;
}
