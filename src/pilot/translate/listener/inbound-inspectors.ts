import type { envoy, FilterChain } from '../../proto';
import { HTTP_INSPECTOR, PLAIN_HTTP_PROTOCOLS, TLS_INSPECTOR } from './inspectors';

type ListenerFilter = envoy.config.listener.v3.ListenerFilter;
type Predicate = envoy.config.listener.v3.ListenerFilterChainMatchPredicate;

/** Which ports (0: all that have no chain of their own) need which inspector. */
interface Needs {
  readonly tls: ReadonlyMap<number, boolean>;
  readonly http: ReadonlyMap<number, boolean>;
}

/** The inspectors that the chains need, kept off the ports that do not: waiting for bytes hurts protocols whose server speaks first. */
export function inboundInspectors(chains: readonly FilterChain[]): readonly ListenerFilter[] {
  const { tls, http } = needsOf(chains);
  return [...tlsInspector(tls), ...httpInspector(http)];
}

function needsOf(chains: readonly FilterChain[]): Needs {
  const tls = new Map<number, boolean>();
  const http = new Map<number, boolean>();
  for (const { filterChainMatch: match } of chains) {
    const port = match?.destinationPort ?? 0;
    const plainHttp = match?.applicationProtocols?.some((name) => PLAIN_HTTP_PROTOCOLS.includes(name)) ?? false;
    tls.set(port, (tls.get(port) ?? false) || match?.transportProtocol === 'tls');
    http.set(port, (http.get(port) ?? false) || plainHttp);
  }
  return { tls, http };
}

function tlsInspector(needs: ReadonlyMap<number, boolean>): readonly ListenerFilter[] {
  const wanted = portsWhere(needs, true);
  if (wanted.length === 0) return [];
  // When ports without chains need it, it is everywhere but on the others; when they do not, only where it is needed.
  if (needs.get(0)) return [except(TLS_INSPECTOR, anyPort(portsWhere(needs, false)))];
  const only = anyPort(wanted.filter((port) => port !== 0));
  return [except(TLS_INSPECTOR, only && { notMatch: only })];
}

function httpInspector(needs: ReadonlyMap<number, boolean>): readonly ListenerFilter[] {
  if (portsWhere(needs, true).length === 0) return [];
  return [except(HTTP_INSPECTOR, anyPort(portsWhere(needs, false)))];
}

function portsWhere(needs: ReadonlyMap<number, boolean>, needed: boolean): readonly number[] {
  return [...needs]
    .filter(([, needsIt]) => needsIt === needed)
    .map(([port]) => port)
    .sort((left, right) => left - right);
}

function except(filter: ListenerFilter, filterDisabled: Predicate | undefined): ListenerFilter {
  return filterDisabled ? { ...filter, filterDisabled } : filter;
}

function anyPort(ports: readonly number[]): Predicate | undefined {
  const rules = ports.map((port): Predicate => ({ destinationPortRange: { start: port, end: port + 1 } }));
  return rules.length > 1 ? { orMatch: { rules } } : rules[0];
}
