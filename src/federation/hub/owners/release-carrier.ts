import { Inject, Injectable } from '@nestjs/common';
import { namespacedName } from '../../../kube/schema';
import { type Revision, revisionKind, type Rollout, type RolloutApproval, rolloutKind } from '../../api';
import {
  type BundleChange,
  bundleIdentity,
  type Owner,
  ownerKey,
  type ReleaseDecision,
  releasedRevisions,
  type ReleaseRecord,
  type ZoneView,
} from '../../release';
import { type Snapshot, surplusRevisions } from '../../revision';
import { BY_OWNER, BY_ROLLOUT, HubCaches } from '../caches';
import { HUB_SETTINGS, type HubSettings } from '../setup';
import { ZoneConnections } from '../zones';

/** What the hub keeps about the releases of one owner. */
export interface ReleaseHistory {
  readonly revisions: readonly Revision[];
  readonly rollouts: readonly Rollout[];
  readonly approvals: readonly RolloutApproval[];
}

/** Looks up what a release is decided from, and carries out what was decided, for owners of every kind. */
@Injectable()
export class ReleaseCarrier {
  constructor(
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
    @Inject(HubCaches) private readonly caches: HubCaches,
    @Inject(ZoneConnections) private readonly zones: ZoneConnections,
  ) {}

  /** Whether some zone has not answered for the first time yet: deciding now would take it for lost. */
  isStarting(): boolean {
    return this.zones.isStarting();
  }

  /** Revisions, rollouts and approvals of an owner. */
  historyOf(owner: Owner): ReleaseHistory {
    const key = ownerKey(owner);
    const rollouts = this.caches.rollouts.byIndex(BY_OWNER, key);
    return {
      revisions: this.caches.revisions.byIndex(BY_OWNER, key),
      rollouts,
      approvals: rollouts.flatMap((rollout) => this.caches.approvals.byIndex(BY_ROLLOUT, namespacedName(rollout))),
    };
  }

  /** Every zone with the bundles of an owner in it. */
  zoneViews(owner: Owner): Map<string, ZoneView> {
    const views = new Map<string, ZoneView>();
    for (const { metadata, spec } of this.caches.clusters.list()) {
      if (spec?.role === 'Gateway')
        views.set(`${spec.region}/${spec.zone}`, this.zoneView(ownerKey(owner), metadata.name));
    }
    return views;
  }

  /**
   * What a rollout remembers is stored first, then what is released, by `storeStatus`, and only then a bundle follows: a crash in between
   * loses nothing.
   */
  async carryOut(
    decision: ReleaseDecision<Snapshot>,
    history: ReleaseHistory,
    storeStatus: () => Promise<void>,
  ): Promise<void> {
    const { client } = this.settings;
    const { createRevision, rollout, superseded } = decision;
    if (createRevision !== undefined) await client.create(revisionKind, createRevision);
    const record = rollout?.create === true ? await this.createRollout(rollout.object) : rollout?.object;
    if (record !== undefined) await client.replaceStatus(rolloutKind, record);
    await storeStatus();
    this.write(decision.write);
    for (const change of decision.remove) this.zones.get(change.gateway)?.remove(change.bundle);
    for (const old of superseded) await client.replaceStatus(rolloutKind, old);
    await this.prune(history, decision);
  }

  /** Writes bundles, each in its zone's own time. */
  write(changes: readonly BundleChange[]): void {
    for (const change of changes) this.zones.get(change.gateway)?.write(change.bundle);
  }

  /** Deletes the bundles of a deleted owner. @returns whether every zone that had one confirmed that it is gone */
  withdraw(owner: Owner, recorded: readonly ReleaseRecord[]): boolean {
    const views = this.zoneViews(owner);
    let gone = true;
    for (const [cluster, { zone }] of releasedRevisions(recorded, views)) {
      const view = views.get(zone);
      if (view === undefined || (view.held === undefined && !view.bundles.has(cluster))) continue;
      this.zones.get(view.gateway)?.remove(bundleIdentity(owner, cluster));
      gone = false;
    }
    return gone;
  }

  private zoneView(owner: string, gateway: string): ZoneView {
    const connection = this.zones.get(gateway);
    const bundles = connection?.bundlesOf(owner) ?? [];
    return {
      gateway,
      held: this.zones.heldReason(gateway),
      bundles: new Map(bundles.flatMap((bundle) => (bundle.spec ? [[bundle.spec.cluster, bundle] as const] : []))),
      refused: new Map(connection?.refusalsOf(owner)),
    };
  }

  private async createRollout(rollout: Rollout): Promise<Rollout> {
    const created = await this.settings.client.create(rolloutKind, rollout);
    return { ...created, ...(rollout.status === undefined ? {} : { status: rollout.status }) };
  }

  private async prune({ revisions, rollouts }: ReleaseHistory, { released }: ReleaseDecision<Snapshot>): Promise<void> {
    const running = new Set([...released.values()].map(({ revision }) => revision));
    for (const { metadata } of surplusRevisions(revisions, running)) {
      await this.settings.client.delete(revisionKind, metadata.name, metadata.namespace);
      if (rollouts.some((rollout) => rollout.metadata.name === metadata.name)) {
        await this.settings.client.delete(rolloutKind, metadata.name, metadata.namespace);
      }
    }
  }
}
