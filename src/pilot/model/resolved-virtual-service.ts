import type { Destination, HttpRoute, RouteDestination, TcpRoute, TlsRoute, VirtualService } from '../../istio';
import { resolveShortName } from './host-name';
import type { MeshSettings } from './mesh-settings';
import { parseExportTo, type Visibility } from './visibility';

/** A VirtualService whose hosts, destinations and gateways have their full names. */
export interface ResolvedVirtualService {
  readonly object: VirtualService;
  readonly name: string;
  readonly namespace: string;
  readonly hosts: readonly string[];
  /** `namespace/name`, or `mesh`. */
  readonly gateways: readonly string[];
  readonly visibility: Visibility;
  readonly http: readonly HttpRoute[];
  readonly tls: readonly TlsRoute[];
  readonly tcp: readonly TcpRoute[];
}

interface Names {
  readonly namespace: string;
  readonly clusterDomain: string;
}

/** Gives every name its full form: short hosts are Services beside the object, gateways without a namespace too. */
export function resolveVirtualService(object: VirtualService, settings: MeshSettings): ResolvedVirtualService {
  const { name, namespace = '' } = object.metadata;
  const names = { namespace, clusterDomain: settings.clusterDomain };
  const { hosts = [], gateways, http = [], tls = [], tcp = [], exportTo } = object.spec ?? {};
  return {
    object,
    name,
    namespace,
    hosts: hosts.map((host) => resolveShortName(host, namespace, settings.clusterDomain)),
    gateways: (gateways?.length ? gateways : ['mesh']).map((gateway) => gatewayName(gateway, namespace)),
    visibility: parseExportTo(exportTo ?? settings.defaultExportTo.virtualService, namespace),
    http: http.map((route) => resolveHttp(route, names)),
    tls: tls.map((route) => ({ ...route, match: resolveMatches(route.match, names), ...resolveRoutes(route, names) })),
    tcp: tcp.map((route) => ({
      ...route,
      ...(route.match ? { match: resolveMatches(route.match, names) } : {}),
      ...resolveRoutes(route, names),
    })),
  };
}

function gatewayName(gateway: string, namespace: string): string {
  if (gateway === 'mesh' || gateway.includes('/')) return gateway;
  return `${namespace}/${gateway}`;
}

function resolveHttp(route: HttpRoute, names: Names): HttpRoute {
  return {
    ...route,
    ...(route.match ? { match: resolveMatches(route.match, names) } : {}),
    ...(route.route
      ? { route: route.route.map((leg) => ({ ...leg, destination: resolveDestination(leg.destination, names) })) }
      : {}),
    ...(route.mirror ? { mirror: resolveDestination(route.mirror, names) } : {}),
    ...(route.mirrors
      ? { mirrors: route.mirrors.map((leg) => ({ ...leg, destination: resolveDestination(leg.destination, names) })) }
      : {}),
  };
}

function resolveMatches<Match extends { readonly gateways?: readonly string[] | undefined }>(
  matches: readonly Match[],
  { namespace }: Names,
): Match[] {
  return matches.map((match) =>
    match.gateways ? { ...match, gateways: match.gateways.map((gateway) => gatewayName(gateway, namespace)) } : match,
  );
}

function resolveRoutes(
  { route }: { readonly route?: readonly RouteDestination[] | undefined },
  names: Names,
): { readonly route: RouteDestination[] } {
  return {
    route: (route ?? []).map((leg) => ({ ...leg, destination: resolveDestination(leg.destination, names) })),
  };
}

function resolveDestination(destination: Destination, { namespace, clusterDomain }: Names): Destination {
  return { ...destination, host: resolveShortName(destination.host, namespace, clusterDomain) };
}
