/** One zone of a service as its clients in one zone see it. */
export interface ZoneReadiness {
  /** What stands for it in the result. */
  readonly key: string;
  /** Its part of the requests while all is well, in any unit; 0 for a zone that only takes over. */
  readonly share: number;
  /** Endpoints that serve. */
  readonly ready: number;
  /** Endpoints that are meant to serve, ready or not. */
  readonly total: number;
  /** What it declares it can take beyond its share, as a fraction of all of these clients' requests; Infinity when it declares nothing. */
  readonly spare: number;
}

/** All requests, in the unit of the result. */
export const ALL_REQUESTS = 1_000_000;

/**
 * A zone gives nothing away before fewer than 5 of 7 of its endpoints are ready: the slack of 1.4 that Envoy has before it leaves a
 * locality (docs of Envoy, "Overprovisioning Factor"), so that a rolling restart ships nothing across zones.
 */
const SLACK = 1.4;

/**
 * Moves what zones cannot serve to those that can. A zone of n endpoints with r ready keeps its share × min(1, 1.4 × r ÷ n). The rest goes to the
 * zones with a share that are whole, in proportion, within what they declare; then to the zones that only take over, one after another,
 * within what they declare; what nobody may take stays with the zones that gave it, in proportion to what they kept. What dead zones leave
 * has to go somewhere: beyond what was declared it goes to the zones with a share, else to the first that takes over.
 * @param zones those that only take over in their order
 * @returns parts that sum to `ALL_REQUESTS`, none for a zone without a part; undefined when nothing moves but what load balancers move
 *   themselves, who leave out what is empty
 */
export function handOver(zones: readonly ZoneReadiness[]): ReadonlyMap<string, number> | undefined {
  const steady = zones.filter(({ share }) => share > 0);
  const standby = zones.filter(({ share, ready }) => share === 0 && ready > 0);
  const whole = steady.filter(isReadyForAll);
  if (!steady.some(isPartial) && (whole.length > 0 ? whole : standby.slice(0, 1)).every(isUnlimited)) return undefined;
  const wanted = inProportion(
    ALL_REQUESTS,
    steady.map(({ share }) => share),
  );
  const parts = new Map(steady.map((zone, index) => [zone.key, keptOf(zone, wanted[index] ?? 0)]));
  const partial = steady.flatMap((zone, index): Taker[] => {
    const kept = parts.get(zone.key) ?? 0;
    if (!isPartial(zone)) return [];
    return [{ key: zone.key, weight: kept, room: (wanted[index] ?? 0) - kept + roomOf(zone) }];
  });
  const stages: readonly (readonly Taker[])[] = [
    whole.map((zone) => ({ key: zone.key, weight: zone.share, room: roomOf(zone) })),
    ...standby.filter(isReadyForAll).map((zone) => [{ key: zone.key, weight: 1, room: roomOf(zone) }]),
    partial,
    partial.map((taker) => ({ ...taker, room: Infinity })),
    whole.map(({ key, share }) => ({ key, weight: share, room: Infinity })),
    standby.slice(0, 1).map(({ key }) => ({ key, weight: 1, room: Infinity })),
  ];
  const kept = [...parts.values()].reduce((sum, part) => sum + part, 0);
  stages.reduce((left, takers) => give(parts, left, takers), ALL_REQUESTS - kept);
  return new Map([...parts].filter(([, part]) => part > 0));
}

/** Whether so many ready endpoints serve the whole share of their zone. */
export function isReadyForAll({ ready, total }: Pick<ZoneReadiness, 'ready' | 'total'>): boolean {
  return ready > 0 && ready * SLACK >= total;
}

function isPartial(zone: ZoneReadiness): boolean {
  return zone.ready > 0 && !isReadyForAll(zone);
}

function isUnlimited({ spare }: ZoneReadiness): boolean {
  return spare === Infinity;
}

/** Never nothing of something: a zone that serves at all stays in the pool. */
function keptOf(zone: ZoneReadiness, wanted: number): number {
  if (zone.ready === 0) return 0;
  return isReadyForAll(zone) ? wanted : Math.max(1, Math.floor((wanted * SLACK * zone.ready) / zone.total));
}

function roomOf({ spare }: ZoneReadiness): number {
  return Math.floor(Math.max(0, spare) * ALL_REQUESTS);
}

interface Taker {
  readonly key: string;
  readonly weight: number;
  readonly room: number;
}

/** Adds an amount to the parts, in proportion to weights and as far as there is room; returns what is left. */
function give(parts: Map<string, number>, amount: number, takers: readonly Taker[]): number {
  const open = takers.filter(({ room }) => room > 0);
  if (amount === 0 || open.length === 0) return amount;
  const split = inProportion(
    amount,
    open.map(({ weight }) => weight),
  );
  const taken = open.map(({ room }, index) => Math.min(room, split[index] ?? 0));
  open.forEach(({ key }, index) => parts.set(key, (parts.get(key) ?? 0) + (taken[index] ?? 0)));
  const left = amount - taken.reduce((sum, part) => sum + part, 0);
  const roomier = open.map((taker, index) => ({ ...taker, room: taker.room - (taken[index] ?? 0) }));
  return give(parts, left, roomier);
}

/** Integers that sum to the amount, by largest remainder; of equal ones the first. */
function inProportion(amount: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const parts = weights.map((weight) => Math.floor((amount * weight) / sum));
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (amount * weight) % sum }))
    .sort((left, right) => right.remainder - left.remainder || left.index - right.index);
  const missing = amount - parts.reduce((total, part) => total + part, 0);
  for (const { index } of byRemainder.slice(0, missing)) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
}
