import type { AccessPointStatus, PlacedCluster } from '../../accesspoint';
import type { Bundle } from '../api';
import type { Exposure, OwnerState } from './owner-state';

/** What is known of the traffic of one access point. */
export interface TrafficFacts {
  readonly clusters: readonly PlacedCluster[];
  readonly rows: NonNullable<AccessPointStatus['clusters']>;
  /** Bundles of this access point, with the ready endpoints that zones count. */
  readonly bundles: readonly Bundle[];
}

/**
 * The fraction of an access point's requests that passes each of its clusters: a gateway cluster sees what the clients of its zone
 * send, a workload cluster what lands on its pods. How clients spread over zones follows the ready endpoints where every zone
 * counts them, else even parts; where their requests land is taken from measured load where a zone reports it.
 */
export function trafficExposure({ clusters, rows, bundles }: TrafficFacts): OwnerState['traffic'] {
  const zones = [...new Set(clusters.map(({ zone }) => zone))];
  const endpoints = endpointsByZone(zones, { rows, bundles });
  const clients = clientShares(zones, endpoints);
  const observed = zones.flatMap((zone) => observedFrom(zone, rows).map((part) => ({ from: zone, ...part })));
  const landing = new Map(zones.map((zone) => [zone, landingOn(zone, zones, clients, observed)]));
  const basis = observed.length > 0 ? 'measured' : endpoints === undefined ? 'even' : 'endpoints';
  const exposures = clusters.map((cluster) => exposureOf(cluster, clusters, clients, landing));
  return { basis, exposures };
}

function exposureOf(
  { name, zone, role, holdsBackend }: PlacedCluster,
  clusters: readonly PlacedCluster[],
  clients: ReadonlyMap<string, number>,
  landing: ReadonlyMap<string, number>,
): Exposure {
  const holders = clusters.filter((other) => other.zone === zone && other.holdsBackend).length;
  const served = holdsBackend ? (landing.get(zone) ?? 0) / holders : 0;
  const sent = role === 'Gateway' ? (clients.get(zone) ?? 0) : 0;
  return { cluster: name, zone, share: round(Math.max(served, sent)) };
}

interface Observed {
  readonly to: string;
  readonly fraction: number;
}

/** Where the requests of a zone's clients were seen to land. */
function observedFrom(zone: string, rows: TrafficFacts['rows']): readonly Observed[] {
  const members = rows.filter((row) => row.zone === zone).flatMap((row) => row.members ?? []);
  return members.flatMap(({ zone: to, observedPercent }) =>
    observedPercent === undefined ? [] : [{ to, fraction: observedPercent / 100 }],
  );
}

/** What lands on a zone: the parts that were seen, and the own clients of zones that measured nothing. */
function landingOn(
  zone: string,
  zones: readonly string[],
  clients: ReadonlyMap<string, number>,
  observed: readonly (Observed & { readonly from: string })[],
): number {
  return zones.reduce((sum, from) => {
    const parts = observed.filter((part) => part.from === from);
    const fraction =
      parts.length === 0
        ? Number(from === zone)
        : parts.filter(({ to }) => to === zone).reduce((total, part) => total + part.fraction, 0);
    return sum + (clients.get(from) ?? 0) * fraction;
  }, 0);
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

/** Four digits are more than such numbers are good for, and keep the text stable. */
function round(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
