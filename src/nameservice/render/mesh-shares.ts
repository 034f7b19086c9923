import { type LocalityShares, type PoolLocality, poolShares } from '../../accesspoint';
import { kubernetesName, parseZoneName, type ZoneName } from '../../kernel';
import type { NameMember, NameRecord } from '../record';
import { percentOf } from './percent-of';
import type { MeshAddress } from './render-context';

/** Region of places that are no zone; no zone of a fleet is called so. */
const ELSEWHERE = 'elsewhere';

/**
 * Where Envoy places a member: its zone. A name elsewhere is a place of its own, so that a rule can give it a share. So is a member with
 * ratio 0: beside others in its zone it would take part, because endpoint weights know no 0.
 */
function localityOf({ zone, alias, id, ratio }: NameMember, policy: NameRecord['policy']): ZoneName {
  const own = zone === undefined || (policy === 'Ratio' && ratio === 0);
  return parseZoneName(own ? `${ELSEWHERE}/${kubernetesName(alias ?? id)}` : zone);
}

/** Every address that the mesh connects to for a name, sorted. */
export function meshAddresses({ members, policy }: Pick<NameRecord, 'members' | 'policy'>): MeshAddress[] {
  return members
    .flatMap((member) => member.mesh.map((address) => ({ member, address, locality: localityOf(member, policy) })))
    .sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

function keyOf({ member, address }: MeshAddress): string {
  return `${member.id} ${address}`;
}

/**
 * How the clients of each zone are spread, as DNS spreads them. Under Locality as access points do; under RoundRobin every member
 * counts the same; under Ratio a target counts as its ratio, its members share that.
 */
export function meshShares(
  record: NameRecord,
  addresses: readonly MeshAddress[],
  zones: readonly ZoneName[],
): LocalityShares[] {
  if (record.policy !== 'Locality') {
    const shares = percentOf(placeWeights(record, addresses));
    const places = placesOf(addresses);
    return zones.map((from) => ({ from, to: shares, failover: places.filter((place) => !shares.has(place)) }));
  }
  const drains = drainedPlaces(addresses);
  const pool = poolLocalityOf(record, addresses);
  return zones.map((from) => poolShares(from, pool, (place) => drains[place] !== undefined));
}

/** What the shares follow from under Locality. A name elsewhere is no zone that could be nearer than another. */
export function poolLocalityOf({ localPercent }: NameRecord, addresses: readonly MeshAddress[]): PoolLocality {
  const places = placesOf(addresses);
  const failoverOrder = places.filter((place) => !place.startsWith(`${ELSEWHERE}/`));
  return { localPercent, remote: 'Nearest', failoverOrder, members: places, localOnly: [] };
}

/** Places that are drained as a whole, with the time at which the first member comes back (RFC 3339). */
export function drainedPlaces(addresses: readonly MeshAddress[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    placesOf(addresses).flatMap((place) => {
      const members = addresses.filter(({ locality }) => locality === place).map(({ member }) => member);
      const ends = members.flatMap(({ drainedUntil }) => drainedUntil ?? []);
      const [first] = ends.sort((left, right) => Date.parse(left) - Date.parse(right));
      return first === undefined || ends.length < members.length ? [] : [[place, first]];
    }),
  );
}

function placesOf(addresses: readonly MeshAddress[]): ZoneName[] {
  return [...new Set(addresses.map(({ locality }) => locality))].sort();
}

/** The weight of a whole member before anything is rounded: exact fractions would only differ in the last bits. */
function memberWeight(record: NameRecord, member: NameMember): number {
  if (record.policy !== 'Ratio') return 1;
  const siblings = record.members.filter(({ target, mesh }) => target === member.target && mesh.length > 0).length;
  return member.ratio / siblings;
}

function placeWeights(record: NameRecord, addresses: readonly MeshAddress[]): Map<ZoneName, number> {
  const weights = new Map<ZoneName, number>();
  for (const { member, locality } of addresses) {
    weights.set(locality, (weights.get(locality) ?? 0) + memberWeight(record, member) / member.mesh.length);
  }
  return weights;
}

/**
 * Weight of each address within its place, where the addresses of one place count differently: two targets with different ratios in
 * one zone cannot be told apart by locality weights. Empty where all count the same.
 */
export function entryWeights(record: NameRecord, addresses: readonly MeshAddress[]): ReadonlyMap<MeshAddress, number> {
  const weights = new Map<MeshAddress, number>();
  for (const place of new Set(addresses.map(({ locality }) => locality))) {
    const own = addresses.filter(({ locality }) => locality === place);
    const exact = own.map(({ member }) => memberWeight(record, member) / member.mesh.length);
    if (exact.every((weight) => Math.abs(weight - (exact[0] ?? 0)) < 1e-12)) continue;
    const integers = asIntegers(record, own, exact);
    own.forEach((address, index) => weights.set(address, integers[index] ?? 1));
  }
  return weights;
}

/** Smallest integers in the same proportion. */
function asIntegers(record: NameRecord, addresses: readonly MeshAddress[], exact: readonly number[]): number[] {
  const scale = [
    ...addresses.map(({ member }) => member.mesh.length),
    ...addresses.map(({ member }) => record.members.filter(({ target }) => target === member.target).length),
  ].reduce(leastCommonMultiple, 1);
  const scaled = exact.map((weight) => Math.round(weight * scale * scale));
  const divisor = scaled.reduce(greatestCommonDivisor, 0) || 1;
  return scaled.map((weight) => weight / divisor);
}

function leastCommonMultiple(left: number, right: number): number {
  return (left * right) / greatestCommonDivisor(left, right);
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}
