import { labelsMatch, type MeshModel, type Proxy, type ResolvedVirtualService } from '../../model';
import type { FilterChain, NetworkFilter } from '../../proto';
import type { MergedServer } from '../gateway/merged-gateway';
import { commonHosts } from '../route/gateway-routes';
import { tcpAuthorization } from '../security/authorization-filters';
import { HANDSHAKE_TIMEOUT } from './handshake-timeout';
import { tcpProxyForRoute } from './tcp-proxy';

/** The parts of TCP and TLS matches that decide whether they concern a server. */
interface Layer4Match {
  readonly port?: number | undefined;
  readonly gateways?: readonly string[] | undefined;
  readonly sourceLabels?: Readonly<Record<string, string>> | undefined;
}

/** Where a TCP server forwards connections: the first TCP rule of a bound VirtualService that fits. */
export function gatewayTcpFilters(merged: MergedServer, model: MeshModel, proxy: Proxy): readonly NetworkFilter[] {
  for (const virtualService of boundTo(merged, model, proxy)) {
    for (const rule of virtualService.tcp) {
      if (rule.match?.length && !rule.match.some((match) => concerns(match, merged, proxy))) continue;
      const filter = tcpProxyForRoute(rule.route ?? [], contextOf(merged, model, proxy), prefixOf(virtualService));
      return filter ? [...tcpAuthorization(model, proxy), filter] : [];
    }
  }
  return [];
}

/** One chain per TLS match of the bound VirtualServices; a server name that an earlier match took is not offered again. */
export function gatewayTlsChains(merged: MergedServer, model: MeshModel, proxy: Proxy): readonly FilterChain[] {
  const taken = new Set<string>();
  const chains: FilterChain[] = [];
  for (const virtualService of boundTo(merged, model, proxy)) {
    for (const { match: matches, route } of virtualService.tls) {
      for (const match of matches) {
        if (!concerns(match, merged, proxy) || match.sniHosts.some((host) => taken.has(host))) continue;
        for (const host of match.sniHosts) taken.add(host);
        const filter = tcpProxyForRoute(route ?? [], contextOf(merged, model, proxy), prefixOf(virtualService));
        if (filter) chains.push(passthroughChain(match.sniHosts, [...tcpAuthorization(model, proxy), filter]));
      }
    }
  }
  return chains;
}

function passthroughChain(sniHosts: readonly string[], filters: readonly NetworkFilter[]): FilterChain {
  return {
    filterChainMatch: sniHosts.includes('*') ? undefined : { serverNames: sniHosts },
    filters,
    transportSocketConnectTimeout: HANDSHAKE_TIMEOUT,
  };
}

function boundTo(
  { gatewayName, hosts }: MergedServer,
  model: MeshModel,
  proxy: Proxy,
): readonly ResolvedVirtualService[] {
  return model.virtualServices
    .forGateway(gatewayName, proxy.namespace)
    .filter((virtualService) => commonHosts(hosts, virtualService).length > 0);
}

function concerns(
  { port, gateways, sourceLabels }: Layer4Match,
  { server, gatewayName }: MergedServer,
  proxy: Proxy,
): boolean {
  if (port !== undefined && port !== server.port.number) return false;
  if (gateways?.length) return gateways.includes(gatewayName);
  return labelsMatch(sourceLabels ?? {}, proxy.labels);
}

function contextOf(
  { server }: MergedServer,
  model: MeshModel,
  proxy: Proxy,
): {
  readonly model: MeshModel;
  readonly proxy: Proxy;
  readonly listenPort: number;
} {
  return { model, proxy, listenPort: server.port.number };
}

function prefixOf({ name, namespace }: ResolvedVirtualService): string {
  return `${name}.${namespace}`;
}
