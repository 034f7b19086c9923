import { parseDurationMs, type RouteDestination } from '../../../istio';
import { anyOf, type NetworkFilter, type TcpProxy } from '../../proto';
import type { OutboundTarget } from '../outbound-target';
import { durationOf } from '../proto-duration';
import { type RouteContext, routeTarget } from '../route/destination';

const TCP_PROXY = 'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';

/** Forwards a connection to one cluster. */
export function tcpProxyTo(cluster: string, target?: OutboundTarget): NetworkFilter {
  return tcpProxy({ statPrefix: cluster, cluster, ...connectionLimits(target) });
}

/** Forwards connections to the destinations of a TCP or TLS rule; several share by weight. */
export function tcpProxyForRoute(
  legs: readonly RouteDestination[],
  context: RouteContext,
  statPrefix: string,
): NetworkFilter | undefined {
  const at = legs.map((leg) => ({ leg, ...routeTarget(context, leg.destination) }));
  const [first] = at;
  if (!first) return undefined;
  if (at.length === 1) return tcpProxyTo(first.cluster, first.target);
  const clusters = at
    .filter(({ leg }) => (leg.weight ?? 0) > 0)
    .map(({ cluster, leg }) => ({ name: cluster, weight: leg.weight }));
  return tcpProxy({ statPrefix, weightedClusters: { clusters }, ...connectionLimits(first.target) });
}

function tcpProxy(fields: TcpProxy): NetworkFilter {
  return { name: 'envoy.filters.network.tcp_proxy', typedConfig: anyOf(TCP_PROXY, fields) };
}

/** Timeouts and hashing of the destination's rule, which hold for the whole connection. */
function connectionLimits(target: OutboundTarget | undefined): Partial<TcpProxy> {
  if (!target) return {};
  const { connectionPool, loadBalancer } = target.policy;
  const { idleTimeout, maxConnectionDuration } = connectionPool?.tcp ?? {};
  return {
    idleTimeout: idleTimeout !== undefined && parseDurationMs(idleTimeout) > 0 ? durationOf(idleTimeout) : undefined,
    maxDownstreamConnectionDuration: durationOf(maxConnectionDuration),
    hashPolicy: loadBalancer?.consistentHash?.useSourceIp ? [{ sourceIp: {} }] : undefined,
  };
}
