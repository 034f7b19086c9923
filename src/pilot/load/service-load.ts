import type { envoy } from '../proto';

/** Requests of one report that went to one zone of one service. */
export interface ServiceLoad {
  readonly hostname: string;
  /** `region/zone` of the endpoints. */
  readonly zone: string;
  readonly requests: number;
}

type LoadStatsRequest = envoy.service.load_stats.v3.LoadStatsRequest;
type UpstreamLocalityStats = envoy.config.endpoint.v3.UpstreamLocalityStats;

/**
 * What a proxy says it has sent since its last report (envoy.service.load_stats.v3.LoadStatsRequest). Clusters that are no
 * outbound ones, and endpoints without a locality, say nothing about zones and are left out.
 */
export function serviceLoads({ clusterStats = [] }: LoadStatsRequest): readonly ServiceLoad[] {
  return clusterStats.flatMap(({ clusterName = '', upstreamLocalityStats = [] }) => {
    const hostname = outboundHost(clusterName);
    if (hostname === undefined) return [];
    return upstreamLocalityStats.flatMap((stats) => {
      const { region, zone } = stats.locality ?? {};
      const requests = requestsOf(stats);
      return region && zone && requests > 0 ? [{ hostname, zone: `${region}/${zone}`, requests }] : [];
    });
  });
}

/** The host of `outbound|port|subset|host`. */
function outboundHost(clusterName: string): string | undefined {
  const [direction, , , hostname] = clusterName.split('|');
  return direction === 'outbound' && hostname ? hostname : undefined;
}

/** Requests that were begun; of TCP, connections. Clients that do not count what they begin tell how it ended. */
function requestsOf(stats: UpstreamLocalityStats): number {
  const { totalIssuedRequests, totalSuccessfulRequests, totalErrorRequests, totalNewConnections } = stats;
  const ended = count(totalSuccessfulRequests) + count(totalErrorRequests);
  return count(totalIssuedRequests) || ended || count(totalNewConnections);
}

function count(value: string | undefined): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) && number > 0 ? number : 0;
}
