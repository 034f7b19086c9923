import type { AccessPointPort } from '../access-point';
import type { AccessPointTcpRoute, AccessPointTlsRoute } from '../schema/routes';
import { needsPort, ownDestination } from './own-destination';

type Layer4Route = AccessPointTcpRoute | AccessPointTlsRoute;

/** `tls` of a VirtualService: by SNI, without ending TLS. */
export function tlsRoutes(
  own: readonly AccessPointTlsRoute[] | undefined,
  ports: readonly AccessPointPort[],
  host: string,
  sniHosts: readonly string[],
): unknown[] {
  if (own !== undefined) return own.flatMap((route) => layer4Routes(route, ports, host));
  return ports.map(({ number }) => ({
    match: [{ port: number, sniHosts }],
    route: [{ destination: ownDestination(undefined, host, number) }],
  }));
}

/** `tcp` of a VirtualService. */
export function tcpRoutes(
  own: readonly AccessPointTcpRoute[] | undefined,
  ports: readonly AccessPointPort[],
  host: string,
): unknown[] {
  if (own !== undefined) return own.flatMap((route) => layer4Routes(route, ports, host));
  return ports.map(({ number }) => ({
    match: [{ port: number }],
    route: [{ destination: ownDestination(undefined, host, number) }],
  }));
}

function layer4Routes(route: Layer4Route, ports: readonly AccessPointPort[], host: string): unknown[] {
  const destinations = route.route ?? [{}];
  const perPort = ports.length > 1 && destinations.some(({ destination }) => needsPort(destination, host));
  if (!perPort) return [{ ...route, route: completed(destinations, host, ports[0]?.number) }];
  return ports.flatMap((port) => {
    const conditions: readonly { readonly port?: number | undefined }[] = route.match ?? [{}];
    const match = conditions
      .filter((condition) => condition.port === undefined || condition.port === port.number)
      .map((condition) => ({ ...condition, port: port.number }));
    return match.length === 0 ? [] : [{ ...route, match, route: completed(destinations, host, port.number) }];
  });
}

function completed(destinations: NonNullable<Layer4Route['route']>, host: string, port: number | undefined): unknown[] {
  return destinations.map((entry) => ({ ...entry, destination: ownDestination(entry.destination, host, port) }));
}
