import type { AnswerMember, AnswerName } from './name-table';

/** A member with the weight that a policy gives it for one client zone; weights are integers and sum to more than 0. */
export interface WeightedMember {
  readonly member: AnswerMember;
  readonly weight: number;
}

/**
 * The members that may be answered to one client zone, with weights. Unhealthy members leave, unless that would leave
 * nothing: an answer that may fail beats no answer.
 */
export function weighMembers(name: AnswerName, clientZone: string | undefined): readonly WeightedMember[] {
  const usable = withoutUnhealthy(name.members);
  switch (name.policy) {
    case 'RoundRobin':
      return usable.map((member) => ({ member, weight: 1 }));
    case 'Ratio':
      return weighByRatio(usable);
    case 'Locality':
      return weighByLocality(name, usable, clientZone);
  }
}

function withoutUnhealthy(members: readonly AnswerMember[]): readonly AnswerMember[] {
  const healthy = members.filter((member) => member.healthy);
  return healthy.length > 0 ? healthy : members;
}

/** Members of one target share its ratio equally. A ratio of 0 means "only when nothing else is left". */
function weighByRatio(members: readonly AnswerMember[]): readonly WeightedMember[] {
  const weighted = spread(
    members,
    ({ target }) => target,
    ({ ratio }) => ratio,
  );
  return weighted.length > 0 ? weighted : members.map((member) => ({ member, weight: 1 }));
}

/** The local zone gets `localPercent`, the nearest other zone the rest, as an access point does with `remote: Nearest`. */
function weighByLocality(
  name: AnswerName,
  members: readonly AnswerMember[],
  clientZone: string | undefined,
): readonly WeightedMember[] {
  const [first, second] = placesByDistance(name, members, clientZone);
  const remotePercent = first === clientZone ? 100 - name.localPercent : 0;
  const share = (place: string): number => {
    if (place === first) return second === undefined ? 100 : 100 - remotePercent;
    return place === second ? remotePercent : 0;
  };
  return spread(members, placeOf, (member) => share(placeOf(member)));
}

/** Where a member is: its zone; a name elsewhere is a place of its own. */
function placeOf({ zone, alias }: AnswerMember): string {
  return zone ?? `~${alias ?? ''}`;
}

/** Places with members: the client's own zone first, then as `nearest` says, then by name; names elsewhere come last. */
function placesByDistance(
  name: AnswerName,
  members: readonly AnswerMember[],
  clientZone: string | undefined,
): readonly string[] {
  const present = new Set(members.map(placeOf));
  const preferred = clientZone === undefined ? [] : [clientZone, ...(name.nearest[clientZone] ?? [])];
  return [...new Set([...preferred, ...[...present].sort()])].filter((place) => present.has(place));
}

/** Members of one group share its weight equally; a common multiple keeps all weights integers. Heaviest first. */
function spread(
  members: readonly AnswerMember[],
  groupOf: (member: AnswerMember) => unknown,
  weightOf: (member: AnswerMember) => number,
): readonly WeightedMember[] {
  const counts = new Map<unknown, number>();
  for (const member of members) counts.set(groupOf(member), (counts.get(groupOf(member)) ?? 0) + 1);
  const scale = [...counts.values()].reduce(leastCommonMultiple, 1);
  return members
    .map((member) => ({ member, weight: (weightOf(member) * scale) / (counts.get(groupOf(member)) ?? 1) }))
    .filter(({ weight }) => weight > 0)
    .sort((left, right) => right.weight - left.weight);
}

function leastCommonMultiple(left: number, right: number): number {
  return (left * right) / greatestCommonDivisor(left, right);
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

/** Which member each question gets. */
export interface Turns {
  /** After so many questions it begins anew. */
  readonly cycle: number;
  /** Place, in the list of weighted members, of the member of a turn from 0 to `cycle` - 1. */
  readonly placeOf: (turn: number) => number;
}

/**
 * Turns such that every run of `sum(weights)` questions (of the smallest weights in the same proportion) holds each member exactly `weight` times, spread evenly (a member of weight 1 in
 * 100 comes once in every hundred, never twice in a row by chance). A golden-ratio stride visits each slot of the cycle once.
 */
export function weightedTurns(weighted: readonly WeightedMember[]): Turns {
  const divisor = Math.max(
    1,
    weighted.reduce((common, { weight }) => greatestCommonDivisor(common, weight), 0),
  );
  const weights = weighted.map(({ weight }) => weight / divisor);
  const cycle = weights.reduce((sum, weight) => sum + weight, 0);
  const stride = coprimeStride(cycle);
  const placeOf = (turn: number): number => {
    let slot = (turn * stride) % cycle;
    for (let place = 0; place < weights.length; place += 1) {
      const weight = weights[place] ?? 0;
      if (slot < weight) return place;
      slot -= weight;
    }
    return 0;
  };
  return { cycle: Math.max(1, cycle), placeOf };
}

/** The member of a turn, however far the count has come. */
export function memberForTurn(weighted: readonly WeightedMember[], turn: number): AnswerMember | undefined {
  const { cycle, placeOf } = weightedTurns(weighted);
  return weighted[placeOf(turn % cycle)]?.member;
}

/** A stride near the golden section of the cycle that shares no factor with it. */
function coprimeStride(cycle: number): number {
  let stride = Math.max(1, Math.round(cycle * 0.618));
  while (cycle > 0 && greatestCommonDivisor(stride, cycle) !== 1) stride += 1;
  return stride;
}
