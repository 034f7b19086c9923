import { Inject, Injectable } from '@nestjs/common';
import type { AccessPoint } from '../../../accesspoint';
import { jsonEqual } from '../../../kernel';
import { KeyedQueue } from '../../../kube';
import type { NameService } from '../../../nameservice';
import { type MemberCluster, rolloutPolicyKind } from '../../api';
import { rolloutPolicyStatus } from './rollout-policy-status';
import { HubCaches } from '../caches/hub-caches';
import { currentEpoch, HUB_SETTINGS, type HubSettings, queueParts } from '../setup/hub-settings';
import { WrittenVersions } from '../controller/written-versions';

type Owner = AccessPoint | NameService;

/** Tells in the status of every rollout policy who uses it, and which of its stages can match no cluster. Nothing is released by what stands there. */
@Injectable()
export class RolloutPolicyController {
  private readonly queue: KeyedQueue;
  private readonly written = new WrittenVersions();

  constructor(
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
    @Inject(HubCaches) private readonly caches: HubCaches,
  ) {
    const run = (name: string): Promise<void> => this.reconcile(name);
    this.queue = new KeyedQueue({ name: 'rollout policies', run, ...queueParts(settings) });
  }

  /** Follows policies, what refers to them, and clusters. The caches must be synced. */
  start(): void {
    this.caches.rolloutPolicies.onChange((name) => this.queue.add(name));
    this.caches.accessPoints.onChange((_key, current, previous) => this.onOwner(current, previous));
    this.caches.nameServices.onChange((_key, current, previous) => this.onOwner(current, previous));
    this.caches.clusters.onChange((_name, current, previous) => {
      if (!jsonEqual(matchedBy(current), matchedBy(previous))) this.enqueueAll();
    });
  }

  async stop(): Promise<void> {
    await this.queue.stop();
  }

  /** Looks at all policies again. */
  enqueueAll(): void {
    for (const { metadata } of this.caches.rolloutPolicies.list()) this.queue.add(metadata.name);
  }

  /** Only an owner that comes, goes or takes another policy counts. */
  private onOwner(current: Owner | undefined, previous: Owner | undefined): void {
    const [now, before] = [policyOf(current), policyOf(previous)];
    if (now === before) return;
    for (const name of [now, before]) if (name !== undefined) this.queue.add(name);
  }

  private async reconcile(name: string): Promise<void> {
    const policy = this.caches.rolloutPolicies.get(name);
    if (policy === undefined) return this.written.forget(name);
    if (currentEpoch(this.settings) === undefined || this.written.isAhead(policy)) return;
    if (policy.metadata.deletionTimestamp !== undefined) return;
    const owners = [...this.caches.accessPoints.list(), ...this.caches.nameServices.list()];
    const status = rolloutPolicyStatus(policy, {
      clusters: this.caches.clusters.list(),
      owners: owners.filter((owner) => policyOf(owner) === name).length,
      nowMs: this.settings.clock.nowMs(),
    });
    if (jsonEqual(status, policy.status)) return;
    this.written.remember(await this.settings.client.replaceStatus(rolloutPolicyKind, { ...policy, status }));
  }
}

/** FederatedDeployments refer to no rollout policy. */
function policyOf(owner: Owner | undefined): string | undefined {
  return owner?.spec?.rollout?.policyRef?.name;
}

/** The part of a MemberCluster that stages look at. */
function matchedBy(cluster: MemberCluster | undefined): unknown {
  return [cluster === undefined, cluster?.metadata.labels, cluster?.metadata.deletionTimestamp];
}
