import { parseLocality, type ZoneName } from '../../kernel';

/** What decides how the clients of one zone are spread over the zones of an access point. */
export interface LocalityIntent {
  /** Percent that stays in the client's zone, 1 to 100. */
  readonly localPercent: number;
  /** Nearest: the nearest remote zone takes the rest. All: every remote zone takes its part. */
  readonly remote: 'Nearest' | 'All';
  /** Zones that count as nearer than their names say, nearest first. */
  readonly failoverOrder: readonly string[];
  /** Zones that get no share, and take over only when all others are gone. */
  readonly drained?: readonly ZoneName[];
}

/** Where the requests of one zone's clients go. */
export interface LocalityShares {
  readonly from: ZoneName;
  /** Zone → percent, 1 to 100, summing to exactly 100; empty only when there is no zone at all. */
  readonly to: ReadonlyMap<ZoneName, number>;
  /** Zones without a steady share, in the order in which they take over. */
  readonly failover: readonly ZoneName[];
}

/** Zones other than `from`, nearest first: same region, then place in `failoverOrder`, then name. */
export function zonesByDistance(
  from: ZoneName,
  zones: readonly ZoneName[],
  failoverOrder: readonly string[],
): ZoneName[] {
  const { region } = parseLocality(from);
  const distance = (zone: ZoneName): [number, number] => {
    const place = failoverOrder.indexOf(zone);
    return [parseLocality(zone).region === region ? 0 : 1, place < 0 ? failoverOrder.length : place];
  };
  const others = [...new Set(zones)].filter((zone) => zone !== from).sort();
  return others.sort((left, right) => {
    const [leftRegion, leftPlace] = distance(left);
    const [rightRegion, rightPlace] = distance(right);
    return leftRegion - rightRegion || leftPlace - rightPlace;
  });
}

/** Splits `total` evenly into integers that sum exactly to it; what is left over goes to the first ones, one each. */
export function evenShares(total: number, count: number): number[] {
  if (count === 0) return [];
  const base = Math.floor(total / count);
  const rest = total - base * count;
  return Array.from({ length: count }, (_, index) => (index < rest ? base + 1 : base));
}

/**
 * The shares of one source zone. `members` are the zones that have an address now. A source zone without members of its
 * own, or that is drained, gives everything to the remote ones; without remote ones everything stays local, so that a pool is never
 * empty. When every member is drained, draining would empty the pool and is not done.
 */
export function localityShares(from: ZoneName, members: readonly ZoneName[], intent: LocalityIntent): LocalityShares {
  const open = members.filter((zone) => intent.drained?.includes(zone) !== true);
  const serving = open.length > 0 ? open : members;
  const remotes = zonesByDistance(from, serving, intent.failoverOrder);
  const to = sharesOf(from, serving.includes(from) || remotes.length === 0, remotes, intent);
  const drained = members.filter((zone) => !serving.includes(zone));
  const last = [...(drained.includes(from) ? [from] : []), ...zonesByDistance(from, drained, intent.failoverOrder)];
  return { from, to, failover: [...remotes.filter((zone) => !to.has(zone)), ...last] };
}

function sharesOf(
  from: ZoneName,
  hasLocal: boolean,
  remotes: readonly ZoneName[],
  { localPercent, remote }: LocalityIntent,
): Map<ZoneName, number> {
  const local = !hasLocal ? 0 : remotes.length === 0 ? 100 : localPercent;
  const parts = remote === 'All' ? evenShares(100 - local, remotes.length) : [100 - local];
  const to = new Map<ZoneName, number>();
  if (local > 0) to.set(from, local);
  remotes.forEach((zone, index) => {
    const part = parts[index] ?? 0;
    if (part > 0) to.set(zone, part);
  });
  return to;
}
