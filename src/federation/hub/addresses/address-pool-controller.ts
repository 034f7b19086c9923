import { Inject, Injectable } from '@nestjs/common';
import { type AccessPoint, fixedAddresses } from '../../../accesspoint';
import { jsonEqual } from '../../../kernel';
import { KeyedQueue } from '../../../kube';
import { addressOwner } from '../../addresses';
import { type AddressPool, addressPoolKind } from '../../api';
import { newestRevision, snapshotIn } from '../../revision';
import { addressPoolStatus, type PlacedAccessPoint } from './address-pool-status';
import { BY_OWNER, HubCaches } from '../caches/hub-caches';
import { currentEpoch, HUB_SETTINGS, type HubSettings, queueParts } from '../setup/hub-settings';

/** Keeps the allocations of address pools: the only writer, one pool at a time, so that no address is given twice. */
@Injectable()
export class AddressPoolController {
  private readonly queue: KeyedQueue;
  /** Each pool as last written from here: the cache of another pool may not have told of it yet. */
  private readonly written = new Map<string, AddressPool>();

  constructor(
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
    @Inject(HubCaches) private readonly caches: HubCaches,
  ) {
    const run = (name: string): Promise<void> => this.reconcile(name);
    this.queue = new KeyedQueue({ name: 'address pools', run, concurrency: 1, ...queueParts(settings) });
  }

  /** Follows pools and what claims of them. The caches must be synced. */
  start(): void {
    this.caches.pools.onChange((name) => this.queue.add(name));
    this.caches.accessPoints.onChange(() => this.enqueueAll());
    this.caches.revisions.onChange(() => this.enqueueAll());
  }

  async stop(): Promise<void> {
    await this.queue.stop();
  }

  /** Looks at all pools again. */
  enqueueAll(): void {
    for (const { metadata } of this.caches.pools.list()) this.queue.add(metadata.name);
  }

  private async reconcile(name: string): Promise<void> {
    const pool = this.caches.pools.get(name);
    if (pool === undefined) return void this.written.delete(name);
    if (pool.metadata.deletionTimestamp !== undefined || currentEpoch(this.settings) === undefined) return;
    const others = [...this.caches.pools.list(), ...this.written.values()].filter(
      (other) => other.metadata.name !== name,
    );
    const status = addressPoolStatus(pool, others, this.placedAccessPoints(), this.settings.clock.nowMs());
    // The version makes this fail when the cache lags behind, so that a decision on old allocations is never stored.
    if (jsonEqual(status, pool.status)) return;
    this.written.set(name, await this.settings.client.replaceStatus(addressPoolKind, { ...pool, status }));
  }

  private placedAccessPoints(): PlacedAccessPoint[] {
    return this.caches.accessPoints
      .list()
      .filter(takesPart)
      .map((accessPoint) => {
        const newest = newestRevision(this.caches.revisions.byIndex(BY_OWNER, addressOwner(accessPoint)));
        return { accessPoint, clusters: newest === undefined ? [] : (snapshotIn(newest)?.clusters ?? []) };
      });
  }
}

/** Only an access point that names a pool, or writes an address out, decides about addresses. */
function takesPart({ spec }: AccessPoint): boolean {
  return spec !== undefined && (spec.gateway.address.pool !== undefined || fixedAddresses(spec).length > 0);
}
