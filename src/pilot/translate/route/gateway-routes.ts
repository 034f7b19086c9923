import {
  bySpecificity,
  compareText,
  hostWithin,
  type MeshModel,
  type Proxy,
  type ResolvedVirtualService,
} from '../../model';
import type { Route, VirtualHost } from '../../proto';
import { type MergedServer, mergeGateways, type ServerHost, terminatesTls } from '../gateway/merged-gateway';
import { resource, type XdsResource } from '../xds-resource';
import { MAXIMUM_DIRECT_RESPONSE_BYTES } from './direct-response-limit';
import { catchAllLast } from './route-match';
import { virtualServiceRoutes } from './virtual-service-routes';

/** A virtual host while it is gathered: the route lists of the VirtualServices that share it. */
interface Gathered {
  readonly port: number;
  readonly routeLists: (readonly Route[])[];
  requireTls: boolean;
}

/** The route configuration of this name; `undefined` when no server of the gateway proxy uses it. */
export function gatewayRoutes(model: MeshModel, proxy: Proxy, name: string): XdsResource | undefined {
  const servers = mergeGateways(model, proxy).serversByRoute.get(name);
  if (!servers) return undefined;
  const hosts = new Map<string, Gathered>();
  const routesOf = routeCache(model, proxy);
  for (const server of servers) {
    gatherRoutes(hosts, server, model, proxy, routesOf);
    gatherRedirects(hosts, server);
  }
  return resource('envoy.config.route.v3.RouteConfiguration', name, {
    name,
    virtualHosts: hosts.size > 0 ? virtualHosts(hosts) : [blackHole(servers)],
    validateClusters: false,
    maxDirectResponseBodySizeBytes: MAXIMUM_DIRECT_RESPONSE_BYTES,
    ignorePortInHostMatching: true,
  });
}

type RoutesOf = (virtualService: ResolvedVirtualService, server: MergedServer) => readonly Route[];

/** One list of routes for all hosts of a VirtualService, so that hosts with the same routes can be told by identity. */
function routeCache(model: MeshModel, proxy: Proxy): RoutesOf {
  const known = new Map<ResolvedVirtualService, Map<string, readonly Route[]>>();
  return (virtualService, { server, gatewayName: gateway }) => {
    const listenPort = server.port.number;
    const scheme = terminatesTls(server) ? 'https' : 'http';
    const ofService = known.get(virtualService) ?? new Map<string, readonly Route[]>();
    known.set(virtualService, ofService);
    const key = `${gateway}|${listenPort}|${scheme}`;
    const routes =
      ofService.get(key) ?? virtualServiceRoutes(virtualService, { model, proxy, listenPort, gateway, scheme });
    ofService.set(key, routes);
    return routes;
  };
}

function gatherRoutes(
  hosts: Map<string, Gathered>,
  merged: MergedServer,
  model: MeshModel,
  proxy: Proxy,
  routesOf: RoutesOf,
): void {
  const { server, gatewayName, hosts: serverHosts } = merged;
  const port = server.port.number;
  for (const virtualService of model.virtualServices.forGateway(gatewayName, proxy.namespace)) {
    const common = commonHosts(serverHosts, virtualService);
    if (common.length === 0) continue;
    const routes = routesOf(virtualService, merged);
    if (routes.length === 0) continue;
    for (const host of common) {
      const gathered = hosts.get(host) ?? { port, routeLists: [], requireTls: false };
      gathered.routeLists.push(routes);
      if (server.tls?.httpsRedirect) gathered.requireTls = true;
      hosts.set(host, gathered);
    }
  }
}

/** What a server's hosts and a VirtualService's have in common; a host of one namespace is for its VirtualServices only. */
export function commonHosts(
  serverHosts: readonly ServerHost[],
  { hosts, namespace }: Pick<ResolvedVirtualService, 'hosts' | 'namespace'>,
): readonly string[] {
  const common = new Set<string>();
  for (const { namespace: allowed, host: offered } of serverHosts) {
    if (allowed !== '*' && allowed !== namespace) continue;
    for (const host of hosts) {
      if (hostWithin(host, offered)) common.add(host);
      else if (hostWithin(offered, host)) common.add(offered);
    }
  }
  return [...common];
}

/** Hosts that redirect to HTTPS do so even when nothing routes them. */
function gatherRedirects(hosts: Map<string, Gathered>, { server, hosts: serverHosts }: MergedServer): void {
  if (!server.tls?.httpsRedirect) return;
  for (const { host } of serverHosts) {
    const gathered = hosts.get(host) ?? { port: server.port.number, routeLists: [], requireTls: true };
    gathered.requireTls = true;
    hosts.set(host, gathered);
  }
}

/** Hosts with the same routes share one virtual host, named after the narrowest of them. */
function virtualHosts(hosts: ReadonlyMap<string, Gathered>): readonly VirtualHost[] {
  const shared = new Map<string, { name: string; domains: string[]; gathered: Gathered }>();
  const identity = identities();
  for (const host of [...hosts.keys()].sort(bySpecificity)) {
    const gathered = hosts.get(host);
    if (!gathered) continue;
    const key = `${gathered.routeLists.map(identity).join(',') || `alone ${host}`}|${gathered.requireTls}`;
    const known = shared.get(key);
    if (known) known.domains.push(host);
    else shared.set(key, { name: `${host}:${gathered.port}`, domains: [host], gathered });
  }
  return [...shared.values()].map(virtualHost).sort((left, right) => compareText(left.name ?? '', right.name ?? ''));
}

function identities(): (value: object) => number {
  const numbers = new Map<object, number>();
  return (value) => {
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    return number;
  };
}

function virtualHost({
  name,
  domains,
  gathered,
}: {
  name: string;
  domains: string[];
  gathered: Gathered;
}): VirtualHost {
  const routes = catchAllLast(gathered.routeLists.flat());
  return {
    name,
    domains,
    routes: routes.length > 0 ? routes : undefined,
    requireTls: gathered.requireTls ? 'ALL' : undefined,
    includeRequestAttemptCount: true,
  };
}

/** Without any virtual host Envoy would take the route configuration as unfinished; this one answers 404. */
function blackHole([first]: readonly MergedServer[]): VirtualHost {
  return { name: `blackhole:${first?.server.port.number ?? 0}`, domains: ['*'] };
}
