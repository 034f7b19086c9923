import type { AddressAllocation, AddressPoolSpec } from '../api';
import { addressOf, type AddressRange, formatAddress, parseRange } from './address-range';

/** Who wants an address of its own in a zone. */
export interface AddressClaim {
  /** `AccessPoint/namespace/name` */
  readonly owner: string;
  readonly zone: string;
}

/** What decides the allocations of one pool. */
export interface AllocationInput {
  readonly spec: AddressPoolSpec;
  /** Allocations as they stand. */
  readonly existing: readonly AddressAllocation[];
  readonly claims: readonly AddressClaim[];
  /** Addresses that other pools gave out; ranges may overlap. */
  readonly taken: ReadonlySet<string>;
}

/** The allocations of one pool, and the claims that found nothing left. */
export interface AllocationResult {
  readonly allocations: readonly AddressAllocation[];
  readonly unmet: readonly AddressClaim[];
}

/**
 * Gives every claim one address of each family that its zone has ranges for. What was given stays as long as it is claimed, also when the
 * ranges change; a new claim gets the lowest address that is free; what nobody claims any more is free again.
 */
export function allocateAddresses({ spec, existing, claims, taken }: AllocationInput): AllocationResult {
  const claimed = new Set(claims.map(claimKey));
  const kept = existing.filter((allocation) => claimed.has(claimKey(allocation)));
  const used = new Set([...taken, ...kept.map(({ address }) => address)]);
  const added: AddressAllocation[] = [];
  const unmet: AddressClaim[] = [];
  for (const claim of sortedClaims(claims)) {
    const ranges = (spec.zones.find(({ zone }) => zone === claim.zone)?.ranges ?? []).map(parseRange);
    const has = familiesOf(kept.filter((allocation) => claimKey(allocation) === claimKey(claim)));
    const needed = [...new Set(ranges.map(({ family }) => family))].filter((family) => !has.has(family));
    for (const family of needed) {
      const address = lowestFree(
        ranges.filter((range) => range.family === family),
        used,
      );
      if (address === undefined) unmet.push(claim);
      else {
        used.add(address);
        added.push({ address, zone: claim.zone, owner: claim.owner });
      }
    }
    if (ranges.length === 0 && has.size === 0) unmet.push(claim);
  }
  return { allocations: [...kept, ...added].sort(byAddress), unmet };
}

function lowestFree(ranges: readonly AddressRange[], used: ReadonlySet<string>): string | undefined {
  const sorted = [...ranges].sort((left, right) => (left.first < right.first ? -1 : 1));
  for (const { family, first, last } of sorted) {
    for (let value = first; value <= last; value += 1n) {
      const address = formatAddress(value, family);
      if (!used.has(address)) return address;
    }
  }
  return undefined;
}

function familiesOf(allocations: readonly AddressAllocation[]): Set<AddressRange['family']> {
  return new Set(allocations.map(({ address }) => addressOf(address).family));
}

function sortedClaims(claims: readonly AddressClaim[]): AddressClaim[] {
  const unique = new Map(claims.map((claim) => [claimKey(claim), claim]));
  return [...unique.keys()].sort().flatMap((key) => unique.get(key) ?? []);
}

function claimKey({ owner, zone }: AddressClaim): string {
  return `${owner} ${zone}`;
}

function byAddress(left: AddressAllocation, right: AddressAllocation): number {
  return left.address < right.address ? -1 : 1;
}
