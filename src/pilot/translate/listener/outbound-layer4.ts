import type { RouteDestination, TcpRoute, TlsRoute } from '../../../istio';
import {
  hostWithin,
  isTls,
  isWildcard,
  labelsMatch,
  MESH_GATEWAY,
  type MeshModel,
  type MeshService,
  type Proxy,
  type ResolvedVirtualService,
  type ServicePort,
} from '../../model';
import type { FilterChain, FilterChainMatch } from '../../proto';
import { configPath } from '../istio-metadata';
import { outboundClusterName } from '../names';
import { findTarget } from '../outbound-target';
import { HANDSHAKE_TIMEOUT } from './handshake-timeout';
import { tcpProxyForRoute, tcpProxyTo } from './tcp-proxy';

/** VirtualServices with TCP or TLS rules, found by host. */
export interface Layer4Routes {
  readonly exact: ReadonlyMap<string, readonly ResolvedVirtualService[]>;
  readonly wildcard: readonly ResolvedVirtualService[];
}

/** A service's port whose connections are forwarded unread. */
export interface Layer4Target {
  readonly model: MeshModel;
  readonly proxy: Proxy;
  readonly routes: Layer4Routes;
  readonly service: MeshService;
  readonly port: ServicePort;
  readonly ranges: readonly string[];
  /** The listener's address stands for all: only the server name of TLS tells services apart. */
  readonly shared: boolean;
}

type Match = NonNullable<TcpRoute['match']>[number] | TlsRoute['match'][number];

/** Finds the VirtualServices that have anything to say about connections. */
export function layer4RoutesOf(virtualServices: readonly ResolvedVirtualService[]): Layer4Routes {
  const relevant = virtualServices.filter(({ tls, tcp }) => tls.length > 0 || tcp.length > 0);
  const exact = new Map<string, ResolvedVirtualService[]>();
  for (const virtualService of relevant) {
    for (const host of virtualService.hosts) exact.set(host, [...(exact.get(host) ?? []), virtualService]);
  }
  return { exact, wildcard: relevant.filter(({ hosts }) => hosts.some(isWildcard)) };
}

/** The filter chains of a port: as TLS or TCP rules say, else straight to the service. */
export function layer4Chains(target: Layer4Target): readonly FilterChain[] {
  return isTls(target.port.protocol) ? tlsChains(target) : tcpChains(target);
}

function tlsChains(target: Layer4Target): readonly FilterChain[] {
  const chains = rulesFor(target).flatMap((virtualService) =>
    virtualService.tls.flatMap(({ match: matches, route = [] }) =>
      matches
        .filter((match) => concerns(match, target))
        .map((match) => ruleChain(virtualService, route, target, subnetsOf(match, target), match.sniHosts)),
    ),
  );
  if (chains.length > 0) return chains.flat();
  const byName = target.shared ? [target.service.hostname] : [];
  return [plainChain(target, byName)];
}

/** Rules in their order until one takes every connection. */
function tcpChains(target: Layer4Target): readonly FilterChain[] {
  const chains: FilterChain[] = [];
  for (const virtualService of rulesFor(target)) {
    for (const { match = [], route = [] } of virtualService.tcp) {
      const matching = match.filter((candidate) => concerns(candidate, target));
      if (match.length > 0 && matching.length === 0) continue;
      if (matching.some(hasNoSubnets) || match.length === 0) {
        return [...chains, ...ruleChain(virtualService, route, target, target.ranges, [])];
      }
      const subnets = matching.flatMap(({ destinationSubnets = [] }) => destinationSubnets);
      chains.push(...ruleChain(virtualService, route, target, subnets, []));
    }
  }
  return [...chains, plainChain(target, [])];
}

function hasNoSubnets({ destinationSubnets }: Match): boolean {
  return !destinationSubnets?.length;
}

function subnetsOf({ destinationSubnets }: Match, { ranges }: Layer4Target): readonly string[] {
  return destinationSubnets?.length ? destinationSubnets : ranges;
}

function rulesFor({ routes, service: { hostname } }: Layer4Target): readonly ResolvedVirtualService[] {
  const exact = routes.exact.get(hostname) ?? [];
  const covering = routes.wildcard.filter(
    (virtualService) =>
      !exact.includes(virtualService) && virtualService.hosts.some((host) => hostWithin(hostname, host)),
  );
  return [...exact, ...covering];
}

function concerns(
  { port, gateways, sourceLabels, sourceNamespace }: Match,
  { proxy, port: own }: Layer4Target,
): boolean {
  if (port !== undefined && port !== own.port) return false;
  if (gateways?.length && !gateways.includes(MESH_GATEWAY)) return false;
  if (sourceNamespace && sourceNamespace !== proxy.namespace) return false;
  return labelsMatch(sourceLabels ?? {}, proxy.labels);
}

function ruleChain(
  virtualService: ResolvedVirtualService,
  route: readonly RouteDestination[],
  { model, proxy, port }: Layer4Target,
  subnets: readonly string[],
  sniHosts: readonly string[],
): readonly FilterChain[] {
  const context = { model, proxy, listenPort: port.port };
  const filter = tcpProxyForRoute(route, context, `${virtualService.name}.${virtualService.namespace}`);
  if (!filter) return [];
  return [
    {
      filterChainMatch: chainMatch(sniHosts, subnets),
      filters: [filter],
      metadata: { filterMetadata: { istio: { config: configPath(virtualService.object) } } },
      transportSocketConnectTimeout: HANDSHAKE_TIMEOUT,
    },
  ];
}

function plainChain({ model, proxy, service, port, ranges }: Layer4Target, sniHosts: readonly string[]): FilterChain {
  const cluster = outboundClusterName(service.hostname, port.port);
  return {
    filterChainMatch: chainMatch(sniHosts, ranges),
    filters: [tcpProxyTo(cluster, findTarget(model, proxy, cluster))],
    transportSocketConnectTimeout: HANDSHAKE_TIMEOUT,
  };
}

function chainMatch(sniHosts: readonly string[], subnets: readonly string[]): FilterChainMatch | undefined {
  const serverNames = sniHosts.includes('*') ? [] : sniHosts;
  if (serverNames.length === 0 && subnets.length === 0) return undefined;
  return {
    serverNames: serverNames.length > 0 ? serverNames : undefined,
    prefixRanges: subnets.length > 0 ? subnets.map(prefixRange) : undefined,
  };
}

/** `10.0.0.0/8`, or one address. */
function prefixRange(text: string): { readonly addressPrefix: string; readonly prefixLen: number } {
  const slash = text.indexOf('/');
  if (slash >= 0) return { addressPrefix: text.slice(0, slash), prefixLen: Number(text.slice(slash + 1)) };
  return { addressPrefix: text, prefixLen: text.includes(':') ? 128 : 32 };
}
