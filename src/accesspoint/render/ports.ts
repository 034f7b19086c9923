import type { AccessPointPort } from '../access-point';

/** How a port is routed: by HTTP (also after TLS ended at the gateway), by SNI with TLS passed through, or as plain TCP. */
export type RouteKind = 'http' | 'tls' | 'tcp';

/** Ports in the order in which they are emitted: by number, then name. */
export function sortedPorts(ports: readonly AccessPointPort[]): AccessPointPort[] {
  return [...ports].sort((left, right) => left.number - right.number || (left.name < right.name ? -1 : 1));
}

/** The section of a VirtualService that a port belongs to. */
export function routeKindOf({ protocol, tls }: AccessPointPort): RouteKind {
  if (tls?.mode === 'PASSTHROUGH') return 'tls';
  return protocol === 'TCP' || protocol === 'TLS' ? 'tcp' : 'http';
}

/** Protocol of a Gateway server (Istio Gateway.servers[].port.protocol); one that ends TLS for HTTP is always HTTPS. */
export function gatewayProtocolOf({ protocol, tls }: AccessPointPort): string {
  if (tls === undefined) return protocol;
  return protocol === 'TLS' ? 'TLS' : 'HTTPS';
}

/** Protocol behind the gateway (Istio ServiceEntry.ports[].protocol): what is left once the gateway has ended TLS. */
export function backendProtocolOf({ protocol, tls }: AccessPointPort): string {
  if (tls === undefined || tls.mode === 'PASSTHROUGH') return protocol;
  if (protocol === 'HTTPS') return 'HTTP';
  return protocol === 'TLS' ? 'TCP' : protocol;
}

/** `appProtocol` of a Service port, which Istio prefers to guessing from the port's name. */
export function appProtocolOf(port: AccessPointPort): string {
  return backendProtocolOf(port).toLowerCase();
}
