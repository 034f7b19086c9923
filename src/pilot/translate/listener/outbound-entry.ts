import type { FilterChain, FilterChainMatch, Listener } from '../../proto';
import { resource, type XdsResource } from '../xds-resource';
import { HTTP_INSPECTOR, PLAIN_HTTP_PROTOCOLS, TLS_INSPECTOR } from './inspectors';
import { tcpProxyTo } from './tcp-proxy';

/** How an outbound listener reads its connections: by its services' protocol, or mixed, by looking. */
export type OutboundKind = 'http' | 'tcp' | 'mixed';

/** One outbound listener while services are gathered on it. */
export interface OutboundEntry {
  readonly bind: string;
  readonly port: number;
  readonly bindsToPort: boolean;
  kind: OutboundKind;
  /** Chains by what they match; the first one of a match stays. */
  readonly chains: Map<string, FilterChain>;
  /** Declared with its port in the Sidecar: services of the listener for all ports do not join it. */
  locked: boolean;
}

/** The match of plain HTTP on an address that other protocols share. */
export const PLAIN_HTTP_MATCH: FilterChainMatch = {
  transportProtocol: 'raw_buffer',
  applicationProtocols: PLAIN_HTTP_PROTOCOLS,
};

/** Adds chains that do not repeat what an earlier one matches. */
export function addChains(entry: OutboundEntry, chains: readonly FilterChain[]): void {
  for (const chain of chains) {
    const key = JSON.stringify(chain.filterChainMatch ?? {});
    if (!entry.chains.has(key)) entry.chains.set(key, chain);
  }
}

/** The finished listener. What no chain takes goes to `elsewhere`, unless one chain takes everything. */
export function outboundListener(entry: OutboundEntry, elsewhere: string): XdsResource {
  const { bind, port, bindsToPort } = entry;
  const name = `${bind}_${port}`;
  const chains = [...entry.chains.values()];
  const whole = chains.find(({ filterChainMatch }) => filterChainMatch === undefined);
  const matched = chains.filter(({ filterChainMatch }) => filterChainMatch !== undefined);
  const body: Listener = {
    name,
    address: { socketAddress: { address: bind, portValue: port } },
    filterChains: matched.length > 0 ? matched : chains,
    defaultFilterChain: whole ? (matched.length > 0 ? whole : undefined) : passthroughChain(elsewhere),
    listenerFilters: inspectorsFor(chains),
    listenerFiltersTimeout: '0s',
    continueOnListenerFiltersTimeout: true,
    trafficDirection: 'OUTBOUND',
    ...(bindsToPort ? { maxConnectionsToAcceptPerSocketEvent: 1 } : { bindToPort: false }),
  };
  return resource('envoy.config.listener.v3.Listener', name, body);
}

function passthroughChain(cluster: string): FilterChain {
  return { name: 'PassthroughFilterChain', filterChainMatch: {}, filters: [tcpProxyTo(cluster)] };
}

function inspectorsFor(chains: readonly FilterChain[]): Listener['listenerFilters'] {
  const matches = chains.map(({ filterChainMatch }) => filterChainMatch);
  const inspectors = [
    ...(matches.some((match) => match?.serverNames?.length) ? [TLS_INSPECTOR] : []),
    ...(matches.some((match) => match?.applicationProtocols?.length) ? [HTTP_INSPECTOR] : []),
  ];
  return inspectors.length > 0 ? inspectors : undefined;
}
