import { Inject, Injectable } from '@nestjs/common';
import { jsonEqual } from '../../../kernel';
import { KeyedQueue } from '../../../kube';
import { type MemberCluster, placementPolicyKind } from '../../api';
import { placementPolicyStatus } from './placement-policy-status';
import { HubCaches } from '../caches/hub-caches';
import { currentEpoch, HUB_SETTINGS, type HubSettings, queueParts } from '../setup/hub-settings';
import { WrittenVersions } from '../controller/written-versions';

/** Tells in the status of every placement policy which clusters it chooses from. Nothing is placed by what stands there. */
@Injectable()
export class PlacementPolicyController {
  private readonly queue: KeyedQueue;
  private readonly written = new WrittenVersions();

  constructor(
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
    @Inject(HubCaches) private readonly caches: HubCaches,
  ) {
    const run = (name: string): Promise<void> => this.reconcile(name);
    this.queue = new KeyedQueue({ name: 'placement policies', run, ...queueParts(settings) });
  }

  /** Follows policies and clusters. The caches must be synced. */
  start(): void {
    this.caches.policies.onChange((name) => this.queue.add(name));
    this.caches.clusters.onChange((_name, current, previous) => {
      if (!jsonEqual(chosenBy(current), chosenBy(previous))) this.enqueueAll();
    });
  }

  async stop(): Promise<void> {
    await this.queue.stop();
  }

  /** Looks at all policies again. */
  enqueueAll(): void {
    for (const { metadata } of this.caches.policies.list()) this.queue.add(metadata.name);
  }

  private async reconcile(name: string): Promise<void> {
    const policy = this.caches.policies.get(name);
    if (policy === undefined) return this.written.forget(name);
    if (currentEpoch(this.settings) === undefined || this.written.isAhead(policy)) return;
    if (policy.metadata.deletionTimestamp !== undefined) return;
    const status = placementPolicyStatus(policy, this.caches.clusters.list(), this.settings.clock.nowMs());
    if (jsonEqual(status, policy.status)) return;
    this.written.remember(await this.settings.client.replaceStatus(placementPolicyKind, { ...policy, status }));
  }
}

/** The part of a MemberCluster that rules look at. */
function chosenBy(cluster: MemberCluster | undefined): unknown {
  return [cluster?.spec, cluster?.metadata.labels, cluster?.metadata.deletionTimestamp];
}
