import type { AccessPoint, PlacedCluster } from '../../accesspoint';
import type { AddressAllocation, AddressPool } from '../api';
import type { AddressClaim } from './allocate-addresses';

/** Name of an access point as an owner of addresses. */
export function addressOwner({ metadata }: Pick<AccessPoint, 'metadata'>): string {
  return `AccessPoint/${metadata.namespace ?? 'default'}/${metadata.name}`;
}

/** What one access point claims of a pool: an address of its own in every zone where it has a gateway. */
export function claimsOn(pool: string, accessPoint: AccessPoint, clusters: readonly PlacedCluster[]): AddressClaim[] {
  const { mode, pool: wanted } = accessPoint.spec?.gateway.address ?? {};
  if (mode !== 'Dedicated' || wanted !== pool) return [];
  const owner = addressOwner(accessPoint);
  const zones = new Set(clusters.filter(({ role }) => role === 'Gateway').map(({ zone }) => zone));
  return [...zones].map((zone) => ({ owner, zone }));
}

/** Zone → addresses that an access point was given, from whatever pool. */
export function addressesOf(owner: string, pools: readonly AddressPool[]): Record<string, readonly string[]> {
  const mine = pools
    .flatMap(({ status }) => status?.allocations ?? [])
    .filter((allocation) => allocation.owner === owner);
  // A zone may be called anything, `constructor` too: only a Map has no names of its own.
  const addresses = new Map<string, string[]>();
  for (const { zone, address } of mine.sort(ipv4First)) {
    addresses.set(zone, [...(addresses.get(zone) ?? []), address]);
  }
  return Object.fromEntries(addresses);
}

function ipv4First(left: AddressAllocation, right: AddressAllocation): number {
  const family = (address: string): number => (address.includes(':') ? 1 : 0);
  return family(left.address) - family(right.address) || (left.address < right.address ? -1 : 1);
}
