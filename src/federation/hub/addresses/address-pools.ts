import { type AccessPoint, fixedAddresses } from '../../../accesspoint';
import type { Informer } from '../../../kube';
import { addressOwner } from '../../addresses';
import { type AddressPool, addressPoolKind } from '../../api';
import { newestSnapshot } from '../../revision';
import { BY_OWNER, type HubCaches } from '../caches';
import type { Looks, StatusKind } from '../controller';
import { addressPoolStatus, type PlacedAccessPoint } from './address-pool-status';

/** Keeps the allocations of address pools: the only writer, one pool at a time, so that no address is given twice. */
export class AddressPools implements StatusKind<AddressPool> {
  readonly name = 'address pools';
  readonly definition = addressPoolKind;
  readonly objects: Informer<AddressPool>;
  readonly concurrency = 1;
  /** Each pool as last written from here: the cache of another pool may not have told of it yet. */
  private readonly written = new Map<string, AddressPool>();

  constructor(private readonly caches: HubCaches) {
    this.objects = caches.pools;
  }

  follow(looks: Looks): void {
    this.caches.accessPoints.onChange(() => looks.atAll());
    this.caches.revisions.onChange(() => looks.atAll());
  }

  statusOf(pool: AddressPool, nowMs: number): AddressPool['status'] {
    const known = [...this.objects.list(), ...this.written.values()];
    const others = known.filter(({ metadata }) => metadata.name !== pool.metadata.name);
    return addressPoolStatus(pool, others, this.placedAccessPoints(), nowMs);
  }

  stored(pool: AddressPool): void {
    this.written.set(pool.metadata.name, pool);
  }

  forget(name: string): void {
    this.written.delete(name);
  }

  private placedAccessPoints(): PlacedAccessPoint[] {
    const { accessPoints, revisions } = this.caches;
    return accessPoints
      .list()
      .filter(takesPart)
      .map((accessPoint) => ({
        accessPoint,
        clusters: newestSnapshot(revisions.byIndex(BY_OWNER, addressOwner(accessPoint)))?.clusters ?? [],
      }));
  }
}

/** Only an access point that names a pool, or writes an address out, decides about addresses. */
function takesPart({ spec }: AccessPoint): boolean {
  return spec !== undefined && (spec.gateway.address.pool !== undefined || fixedAddresses(spec).length > 0);
}
