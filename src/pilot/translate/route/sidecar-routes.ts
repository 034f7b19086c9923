import { compareText, type MeshModel, type Proxy } from '../../model';
import type { VirtualHost } from '../../proto';
import { PASSTHROUGH_CLUSTER } from '../names';
import { type EgressListener, type SidecarScope, sidecarScope } from '../sidecar/sidecar-scope';
import { resource, type XdsResource } from '../xds-resource';
import { MAXIMUM_DIRECT_RESPONSE_BYTES } from './direct-response-limit';
import { serviceDomains } from './service-domains';
import { type HostRoutes, sidecarHosts } from './sidecar-hosts';

/** Finds the route configurations of a proxy by name. */
export type RoutesByName = (name: string) => XdsResource | undefined;

/**
 * The routes of a sidecar's outbound HTTP traffic. A name is a port (`80`: all services of that port, told apart by host), or
 * `host:port` for one service whose protocol is found out by looking. `undefined` for names that no egress listener has.
 * The hosts of a port are gathered once for all its names.
 */
export function sidecarRoutes(model: MeshModel, proxy: Proxy): RoutesByName {
  const scope = sidecarScope(model, proxy);
  const byPort = new Map<number, readonly VirtualHost[]>();
  return (name) => {
    const colon = name.lastIndexOf(':');
    const port = Number(name.slice(colon + 1));
    const listener = egressListenerFor(scope, port);
    if (!Number.isInteger(port) || port <= 0 || !listener) return undefined;
    const hosts = byPort.get(port) ?? settleDomains(sidecarHosts(model, proxy, listener, port), port, model, proxy);
    byPort.set(port, hosts);
    return routeConfiguration(name, colon < 0 ? [...hosts, catchAll(scope)] : onlyHost(hosts, name.slice(0, colon)));
  };
}

function routeConfiguration(name: string, virtualHosts: readonly VirtualHost[]): XdsResource {
  return resource('envoy.config.route.v3.RouteConfiguration', name, {
    name,
    virtualHosts,
    validateClusters: false,
    maxDirectResponseBodySizeBytes: MAXIMUM_DIRECT_RESPONSE_BYTES,
    ignorePortInHostMatching: true,
  });
}

/** The listener of this port, else the one for all others. */
function egressListenerFor({ egress }: SidecarScope, port: number): EgressListener | undefined {
  return egress.find((listener) => listener.port?.number === port) ?? egress.find((listener) => !listener.port);
}

/** Each domain belongs to the first virtual host that asks for it, and a full name never to another host's short form. */
function settleDomains(
  hosts: readonly HostRoutes[],
  port: number,
  model: MeshModel,
  proxy: Proxy,
): readonly VirtualHost[] {
  const fullNames = new Set(hosts.map(({ hostname }) => hostname));
  const taken = new Set<string>();
  const settled: VirtualHost[] = [];
  for (const { hostname, service, routes } of hosts) {
    const wanted = service ? serviceDomains(service, model, proxy) : [{ text: hostname, short: false }];
    const domains: string[] = [];
    for (const { text, short } of wanted) {
      if (taken.has(text.toLowerCase()) || (short && fullNames.has(text))) continue;
      taken.add(text.toLowerCase());
      domains.push(text);
    }
    if (domains.length > 0)
      settled.push({ name: `${hostname}:${port}`, domains, routes, includeRequestAttemptCount: true });
  }
  return settled.sort((left, right) => compareText(left.name ?? '', right.name ?? ''));
}

/** On a listener of its own, a service takes every request, whatever host it asks for. */
function onlyHost(hosts: readonly VirtualHost[], hostname: string): readonly VirtualHost[] {
  return hosts.filter(({ domains }) => domains?.includes(hostname)).map((host) => ({ ...host, domains: ['*'] }));
}

/** What becomes of requests to hosts that nothing describes. */
function catchAll({ outboundTrafficPolicy }: SidecarScope): VirtualHost {
  const shared = { domains: ['*'], includeRequestAttemptCount: true };
  const match = { prefix: '/' };
  if (outboundTrafficPolicy === 'REGISTRY_ONLY') {
    return { name: 'block_all', ...shared, routes: [{ name: 'block_all', match, directResponse: { status: 502 } }] };
  }
  const route = { cluster: PASSTHROUGH_CLUSTER, timeout: '0s', maxGrpcTimeout: '0s' };
  return { name: 'allow_any', ...shared, routes: [{ name: 'allow_any', match, route }] };
}
