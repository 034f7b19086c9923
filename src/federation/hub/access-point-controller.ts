import { Inject, Injectable } from '@nestjs/common';
import { type AccessPoint, accessPointKind, type Claimant, validateAccessPoint } from '../../accesspoint';
import { jsonEqual } from '../../kernel';
import { KeyedQueue, KubeApiError, type RunResult } from '../../kube';
import { namespacedName } from '../../kube/schema';
import { addressesOf, addressOwner } from '../addresses';
import { acceptAccessPoint, hasErrors, type HubLookups } from '../acceptance';
import { type Revision, revisionKind, type Rollout, type RolloutApproval, rolloutKind } from '../api';
import { bundleIdentity } from '../bundle';
import { nextDrainEndMs } from '../facts';
import { newestRevision, snapshotIn, surplusRevisions } from '../revision';
import { strategyOf } from '../rollout';
import type { AccessPointInput } from './access-point-input';
import { type AccessPointDecision, type BundleChange, decideAccessPoint } from './decide-access-point';
import { BY_OWNER, BY_ROLLOUT, HubCaches } from './hub-caches';
import { currentEpoch, HUB_SETTINGS, type HubSettings } from './hub-settings';
import { releasedRevisions } from './released-revisions';
import { ownerKeyOf } from './zone-connection';
import { ZoneConnections } from './zone-connections';
import type { ZoneView } from './zone-view';

/** Keeps a deleted access point until its bundles are gone from every zone. */
export const BUNDLES_FINALIZER = 'federation.flotilla.dev/bundles';

/** Pause before another look, while zones give their first answer or a cache catches up. */
const LOOK_AGAIN_MS = 100;

/** Gathers what is known of an access point, decides, and carries the decision out. All rules are in `decideAccessPoint`. */
@Injectable()
export class AccessPointController {
  private readonly queue: KeyedQueue;
  /** resourceVersion of each access point as last written from here. */
  private readonly written = new Map<string, string>();

  constructor(
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
    @Inject(HubCaches) private readonly caches: HubCaches,
    @Inject(ZoneConnections) private readonly zones: ZoneConnections,
  ) {
    const { clock, random, logger } = settings;
    this.queue = new KeyedQueue({ name: 'access points', run: (key) => this.reconcile(key), clock, random, logger });
  }

  /** Follows everything that decides about access points. The caches must be synced. */
  start(): void {
    const { accessPoints, meshes, clusters, revisions, rollouts, policies, deployments, pools } = this.caches;
    const { rolloutPolicies, approvals } = this.caches;
    // Another access point may hold, or have given up, a host: all of them look again.
    accessPoints.onChange((key, current, previous) => {
      this.queue.add(key);
      if (!jsonEqual(current?.spec, previous?.spec)) this.enqueueAll();
    });
    meshes.onChange(() => this.enqueueAll());
    clusters.onChange((_key, current, previous) => {
      if (!jsonEqual([current?.spec, current?.metadata.labels], [previous?.spec, previous?.metadata.labels]))
        this.enqueueAll();
      else if (!jsonEqual(current?.status?.facts, previous?.status?.facts)) this.enqueueAll();
    });
    policies.onChange(() => this.enqueueAll());
    deployments.onChange(() => this.enqueueAll());
    pools.onChange(() => this.enqueueAll());
    rolloutPolicies.onChange(() => this.enqueueAll());
    approvals.onChange((_key, current, previous) => this.enqueueRollout(current ?? previous));
    revisions.onChange((_key, current, previous) => this.enqueueOwner(current ?? previous));
    rollouts.onChange((_key, current, previous) => this.enqueueOwner(current ?? previous));
  }

  async stop(): Promise<void> {
    await this.queue.stop();
  }

  /** Looks at one access point again: a zone reported something about it. */
  enqueue(key: string): void {
    this.queue.add(key);
  }

  /** Looks at all access points again: a zone came or went. */
  enqueueAll(): void {
    for (const accessPoint of this.caches.accessPoints.list()) this.queue.add(namespacedName(accessPoint));
  }

  private enqueueOwner(
    object: { metadata: AccessPoint['metadata']; spec?: { owner: { name: string } } } | undefined,
  ): void {
    if (object?.spec) this.queue.add(`${object.metadata.namespace ?? 'default'}/${object.spec.owner.name}`);
  }

  private enqueueRollout(approval: RolloutApproval | undefined): void {
    const { metadata, spec } = approval ?? {};
    this.enqueueOwner(this.caches.rollouts.get(`${metadata?.namespace ?? 'default'}/${spec?.rollout ?? ''}`));
  }

  private async reconcile(key: string): Promise<RunResult | void> {
    const accessPoint = this.caches.accessPoints.get(key);
    if (accessPoint === undefined) return void this.written.delete(key);
    const epoch = currentEpoch(this.settings);
    if (epoch === undefined || this.isStale(accessPoint, key)) return;
    if (this.zones.isStarting()) return { requeueAfterMs: LOOK_AGAIN_MS };
    if (accessPoint.metadata.deletionTimestamp !== undefined) return this.withdraw(accessPoint);
    if (!(accessPoint.metadata.finalizers ?? []).includes(BUNDLES_FINALIZER)) {
      return this.setFinalizers(accessPoint, [...(accessPoint.metadata.finalizers ?? []), BUNDLES_FINALIZER]);
    }
    const input = this.gather(accessPoint, epoch);
    const decision = decideAccessPoint(input);
    try {
      await this.carryOut(accessPoint, decision, input);
    } catch (cause) {
      // Somebody wrote meanwhile, or the cache lags behind what was written from here: decide again on what is true then.
      if (!(cause instanceof KubeApiError && cause.isConflict)) throw cause;
      return { requeueAfterMs: LOOK_AGAIN_MS };
    }
    return lookAgain(decision, input.nowMs);
  }

  private gather(accessPoint: AccessPoint, epoch: number): AccessPointInput {
    const lookups = this.caches.lookups();
    const key = namespacedName(accessPoint);
    const revisions = this.caches.revisions.byIndex(BY_OWNER, key);
    const rollouts = this.caches.rollouts.byIndex(BY_OWNER, key);
    const claimants = this.caches.accessPoints.list().map((other) => this.claimantOf(other, lookups));
    const candidate = this.claimantOf(accessPoint, lookups);
    const { accepted, findings } = acceptAccessPoint(candidate, claimants, lookups, lastPlacement(revisions));
    return {
      accessPoint,
      errors: findings.filter(({ severity }) => severity === 'error'),
      accepted,
      clusters: lookups.clusters,
      revisions,
      rollouts,
      strategy: strategyOf(accessPoint.spec, lookups.rolloutPolicies),
      approvals: rollouts.flatMap((rollout) => this.caches.approvals.byIndex(BY_ROLLOUT, namespacedName(rollout))),
      zones: this.zoneViews(key),
      addresses: addressesOf(addressOwner(accessPoint), lookups.pools),
      epoch,
      nowMs: this.settings.clock.nowMs(),
    };
  }

  private claimantOf(accessPoint: AccessPoint, lookups: HubLookups): Claimant {
    const deleted = accessPoint.metadata.deletionTimestamp !== undefined;
    const valid = !deleted && !hasErrors(validateAccessPoint(accessPoint, lookups));
    const running = new Set((accessPoint.status?.clusters ?? []).map(({ revision }) => revision));
    const revisions = this.caches.revisions.byIndex(BY_OWNER, namespacedName(accessPoint));
    const released = revisions.filter(({ spec }) => running.has(spec?.digest));
    return {
      accessPoint,
      wanted: valid ? accessPoint.spec : undefined,
      released: released.flatMap((revision) => snapshotIn(revision)?.accessPoint ?? []),
    };
  }

  private zoneViews(owner: string): Map<string, ZoneView> {
    const views = new Map<string, ZoneView>();
    for (const { metadata, spec } of this.caches.clusters.list()) {
      if (spec?.role === 'Gateway') views.set(`${spec.region}/${spec.zone}`, this.zoneView(owner, metadata.name));
    }
    return views;
  }

  private zoneView(owner: string, gateway: string): ZoneView {
    const connection = this.zones.get(gateway);
    const bundles = (connection?.bundles.list() ?? []).filter((bundle) => ownerKeyOf(bundle) === owner);
    return {
      gateway,
      held: this.zones.heldReason(gateway),
      bundles: new Map(bundles.flatMap((bundle) => (bundle.spec ? [[bundle.spec.cluster, bundle] as const] : []))),
      refused: new Map(connection?.refusalsOf(owner)),
    };
  }

  /** What a rollout remembers is stored first, then what is released, and only then a bundle follows: a crash in between loses nothing. */
  private async carryOut(
    accessPoint: AccessPoint,
    decision: AccessPointDecision,
    input: AccessPointInput,
  ): Promise<void> {
    const { client } = this.settings;
    const { createRevision, rollout, superseded, status } = decision;
    if (createRevision !== undefined) await client.create(revisionKind, createRevision);
    const record = rollout?.create === true ? await this.createRollout(rollout.object) : rollout?.object;
    if (record !== undefined) await client.replaceStatus(rolloutKind, record);
    if (!sameStatus(status, accessPoint.status)) await this.writeStatus({ ...accessPoint, status });
    for (const change of decision.write) this.zones.get(change.gateway)?.write(change.bundle);
    for (const change of decision.remove) this.zones.get(change.gateway)?.remove(change.bundle);
    for (const old of superseded) await client.replaceStatus(rolloutKind, old);
    await this.prune(input, decision);
  }

  private async createRollout(rollout: Rollout): Promise<Rollout> {
    const created = await this.settings.client.create(rolloutKind, rollout);
    return { ...created, ...(rollout.status === undefined ? {} : { status: rollout.status }) };
  }

  private async writeStatus(accessPoint: AccessPoint): Promise<void> {
    const { metadata } = await this.settings.client.replaceStatus(accessPointKind, accessPoint);
    if (metadata.resourceVersion !== undefined) this.written.set(namespacedName(accessPoint), metadata.resourceVersion);
  }

  /** Whether the cache has not seen the last status written from here; deciding on it could take a release back. */
  private isStale({ metadata }: AccessPoint, key: string): boolean {
    const written = this.written.get(key);
    return written !== undefined && isOlder(metadata.resourceVersion, written);
  }

  private async prune({ revisions, rollouts }: AccessPointInput, { status }: AccessPointDecision): Promise<void> {
    const released = new Set((status.clusters ?? []).flatMap(({ revision }) => revision ?? []));
    for (const { metadata } of surplusRevisions(revisions, released)) {
      await this.settings.client.delete(revisionKind, metadata.name, metadata.namespace);
      if (rollouts.some((rollout) => rollout.metadata.name === metadata.name)) {
        await this.settings.client.delete(rolloutKind, metadata.name, metadata.namespace);
      }
    }
  }

  /** Deletes the bundles of a deleted access point; the object goes once every zone that had one confirmed it. */
  private async withdraw(accessPoint: AccessPoint): Promise<void> {
    const views = this.zoneViews(namespacedName(accessPoint));
    const owner = { namespace: accessPoint.metadata.namespace ?? 'default', name: accessPoint.metadata.name };
    const left: BundleChange[] = [];
    for (const [cluster, { zone }] of releasedRevisions(accessPoint, views)) {
      const view = views.get(zone);
      if (view === undefined || (view.held === undefined && !view.bundles.has(cluster))) continue;
      left.push({ gateway: view.gateway, bundle: bundleIdentity(owner, cluster) });
    }
    for (const { gateway, bundle } of left) this.zones.get(gateway)?.remove(bundle);
    if (left.length > 0) return;
    const finalizers = (accessPoint.metadata.finalizers ?? []).filter((finalizer) => finalizer !== BUNDLES_FINALIZER);
    await this.setFinalizers(accessPoint, finalizers);
  }

  private async setFinalizers({ metadata }: AccessPoint, finalizers: readonly string[]): Promise<void> {
    const { name, namespace, resourceVersion } = metadata;
    const patch = { metadata: { resourceVersion, finalizers } };
    await this.settings.client.patch(accessPointKind, name, namespace, patch, { type: 'merge' });
  }
}

/** What depends on time alone: the end of a drain, a soak, a deadline. */
function lookAgain({ status, againMs }: AccessPointDecision, nowMs: number): RunResult {
  const times = [nextDrainEndMs(status.drains ?? [], nowMs), againMs === undefined ? undefined : againMs - nowMs];
  const known = times.flatMap((ms) => ms ?? []);
  return known.length === 0 ? {} : { requeueAfterMs: Math.max(1, Math.min(...known)) };
}

/** Where the newest revision went: choices are kept from there. */
function lastPlacement(revisions: readonly Revision[]): ReadonlySet<string> {
  const newest = newestRevision(revisions);
  const clusters = newest === undefined ? [] : (snapshotIn(newest)?.clusters ?? []);
  return new Set(clusters.map(({ name }) => name));
}

/** resourceVersions of one object are decimal numbers that grow (KEP-5504); others compare as not older. */
function isOlder(left: string | undefined, right: string): boolean {
  if (left === undefined || !/^\d+$/.test(left) || !/^\d+$/.test(right)) return false;
  return BigInt(left) < BigInt(right);
}

/** Times of observation alone are no news worth a write. */
function sameStatus(left: AccessPoint['status'], right: AccessPoint['status']): boolean {
  const essence = (status: AccessPoint['status']): unknown => ({
    ...status,
    clusters: status?.clusters?.map(({ observedAt: _observedAt, ...row }) => row),
  });
  return jsonEqual(essence(left), essence(right));
}
