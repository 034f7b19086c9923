import { type AccessPointStatus, type PlacedCluster, zonesByDistance } from '../../accesspoint';
import type { ZoneName } from '../../kernel';
import type { Bundle } from '../api';
import type { Exposure, OwnerState, TrafficBasis } from './owner-state';

/** What is known of the traffic of one access point. */
export interface TrafficFacts {
  readonly clusters: readonly PlacedCluster[];
  readonly rows: NonNullable<AccessPointStatus['clusters']>;
  /** Bundles of this access point, with the ready endpoints that zones count. */
  readonly bundles: readonly Bundle[];
  /** Zones that are drained now: nothing lands on them. */
  readonly drained: ReadonlySet<string>;
  readonly failoverOrder: readonly string[];
}

/**
 * The fraction of an access point's requests that passes each of its clusters: a gateway cluster sees what the clients of its zone
 * send, a workload cluster what lands on its pods. How clients spread over zones follows the ready endpoints where every zone
 * counts them, else even parts. Where their requests land is taken from measured load where a zone reports it, else they stay in
 * their zone, or go to the nearest one that serves when their own does not.
 */
export function trafficExposure(facts: TrafficFacts): OwnerState['traffic'] {
  const { clusters, rows } = facts;
  const zones = [...new Set(clusters.map(({ zone }) => zone))];
  const endpoints = endpointsByZone(zones, facts);
  const clients = clientShares(zones, endpoints);
  const landings = zones.map((zone) => ({ from: zone, parts: observedFrom(zone, rows) }));
  const landed = new Map<string, number>();
  for (const { from, parts } of landings) {
    for (const { to, fraction } of parts ?? [{ to: nearestServing(from, facts), fraction: 1 }]) {
      landed.set(to, (landed.get(to) ?? 0) + (clients.get(from) ?? 0) * fraction);
    }
  }
  // The weakest of what was used: one zone that measures nothing makes the whole a guess.
  const measured = landings.length > 0 && landings.every(({ parts }) => parts !== undefined);
  const basis: TrafficBasis = measured ? 'measured' : endpoints === undefined ? 'even' : 'endpoints';
  return { basis, exposures: clusters.map((cluster) => exposureOf(cluster, clusters, clients, landed)) };
}

function exposureOf(
  { name, zone, role, holdsBackend }: PlacedCluster,
  clusters: readonly PlacedCluster[],
  clients: ReadonlyMap<string, number>,
  landed: ReadonlyMap<string, number>,
): Exposure {
  const holders = clusters.filter((other) => other.zone === zone && other.holdsBackend).length;
  return {
    ...{ cluster: name, zone },
    sent: role === 'Gateway' ? (clients.get(zone) ?? 0) : 0,
    served: holdsBackend ? (landed.get(zone) ?? 0) / holders : 0,
  };
}

interface Observed {
  readonly to: string;
  readonly fraction: number;
}

/** Where the requests of a zone's clients were seen to land; undefined where nothing was measured. */
function observedFrom(zone: string, rows: TrafficFacts['rows']): readonly Observed[] | undefined {
  const members = rows.filter((row) => row.zone === zone).flatMap((row) => row.members ?? []);
  const seen = members.flatMap(({ zone: to, observedPercent = 0 }) =>
    observedPercent > 0 ? [{ to, observedPercent }] : [],
  );
  const total = seen.reduce((sum, { observedPercent }) => sum + observedPercent, 0);
  return total === 0 ? undefined : seen.map(({ to, observedPercent }) => ({ to, fraction: observedPercent / total }));
}

/** The zone itself while it serves; else the one that takes over, as the rules for locality say. */
function nearestServing(from: ZoneName, { clusters, drained, failoverOrder }: TrafficFacts): ZoneName {
  const serving = clusters
    .filter(({ zone, holdsBackend }) => holdsBackend && !drained.has(zone))
    .map(({ zone }) => zone);
  if (serving.includes(from)) return from;
  return zonesByDistance(from, [...new Set(serving)], failoverOrder)[0] ?? from;
}

/**
 * Ready endpoints per zone: what bundles at hand say, else what the access point's status remembers; undefined when some zone counts none.
 */
function endpointsByZone(
  zones: readonly string[],
  { rows, bundles }: Pick<TrafficFacts, 'rows' | 'bundles'>,
): ReadonlyMap<string, number> | undefined {
  const remembered = rows.map((row) => [row.zone, row.readyEndpoints] as const);
  const told = bundles.map(({ spec, status }) => [spec?.zone ?? '', status?.readyEndpoints] as const);
  const counts = new Map([...highestByZone(remembered), ...highestByZone(told)]);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return total > 0 && zones.every((zone) => counts.has(zone)) ? counts : undefined;
}

/** A gateway cluster counts the endpoints of its whole zone, a workload cluster its own: the highest count is the zone's. */
function highestByZone(counts: readonly (readonly [string, number | undefined])[]): Map<string, number> {
  const highest = new Map<string, number>();
  for (const [zone, ready] of counts)
    if (ready !== undefined) highest.set(zone, Math.max(highest.get(zone) ?? 0, ready));
  return highest;
}

function clientShares(
  zones: readonly string[],
  endpoints: ReadonlyMap<string, number> | undefined,
): ReadonlyMap<string, number> {
  if (endpoints === undefined) return new Map(zones.map((zone) => [zone, 1 / zones.length]));
  const total = zones.reduce((sum, zone) => sum + (endpoints.get(zone) ?? 0), 0);
  return new Map(zones.map((zone) => [zone, (endpoints.get(zone) ?? 0) / total]));
}
