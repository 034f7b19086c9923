import { Inject, Injectable } from '@nestjs/common';
import { type AccessPoint, accessPointKind, type Claimant, validateAccessPoint } from '../../../accesspoint';
import { jsonEqual } from '../../../kernel';
import { KeyedQueue, KubeApiError, type RunResult } from '../../../kube';
import { namespacedName } from '../../../kube/schema';
import { addressesOf, addressOwner } from '../../addresses';
import { ClaimIndex, hasErrors, judgeAccessPoint, withConflicts } from '../../acceptance';
import type {
  AddressAllocation,
  AddressPool,
  FederatedDeployment,
  MemberCluster,
  Revision,
  Rollout,
  RolloutApproval,
} from '../../api';
import { nextDrainEndMs } from '../../facts';
import { deploymentClusters } from '../../placement';
import { ownerKey, ownerOf } from '../../release';
import { type AccessPointSnapshot, newestRevision, snapshotIn } from '../../revision';
import { strategyOf } from '../../rollout';
import { type AccessPointDecision, type AccessPointInput, decideAccessPoint } from '../../access-point';
import { BUNDLES_FINALIZER, Finalizers, hasFinalizer } from '../controller/finalizers';
import { HubCaches } from '../caches/hub-caches';
import { JudgementCache } from './judgement-cache';
import { currentEpoch, HUB_SETTINGS, type HubSettings, queueParts } from '../setup/hub-settings';
import { ReleaseCarrier } from './release-carrier';
import { RenderCache } from './render-cache';
import { WrittenVersions } from '../controller/written-versions';

const KIND = 'AccessPoint';

/** Pause before another look, while zones give their first answer or a cache catches up. */
const LOOK_AGAIN_MS = 100;

/** Gathers what is known of an access point, decides, and carries the decision out. All rules are in `decideAccessPoint`. */
@Injectable()
export class AccessPointController {
  private readonly queue: KeyedQueue;
  private readonly written = new WrittenVersions();
  private readonly claims = new ClaimIndex();
  private readonly judgements = new JudgementCache();
  private readonly renderings = new RenderCache();
  private lookupsChanged = false;
  private readonly finalizers: Finalizers;

  constructor(
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
    @Inject(HubCaches) private readonly caches: HubCaches,
    @Inject(ReleaseCarrier) private readonly carrier: ReleaseCarrier,
  ) {
    this.finalizers = new Finalizers(settings.client, accessPointKind, BUNDLES_FINALIZER);
    this.queue = new KeyedQueue({ name: 'access points', run: (key) => this.reconcile(key), ...queueParts(settings) });
  }

  /** Follows everything that decides about access points. The caches must be synced. */
  start(): void {
    const { accessPoints, meshes, clusters, revisions, rollouts, policies, deployments, pools } = this.caches;
    const { rolloutPolicies, approvals } = this.caches;
    accessPoints.onChange((key) => this.onAccessPoint(key));
    meshes.onChange((_key, current, previous) => {
      if (!jsonEqual(current?.spec, previous?.spec)) this.onLookups();
    });
    clusters.onChange((_key, current, previous) => {
      if (!jsonEqual(placementPart(current), placementPart(previous))) this.onLookups();
      else if (!jsonEqual(unlabelledGateways(current), unlabelledGateways(previous))) this.enqueueAll();
    });
    policies.onChange((_name, current, previous) => {
      if (!jsonEqual(current?.spec, previous?.spec)) this.onLookups();
    });
    deployments.onChange((_key, current, previous) => {
      if (!jsonEqual(placementOf(current), placementOf(previous))) this.onLookups();
    });
    pools.onChange((_key, current, previous) => this.onPool(current, previous));
    rolloutPolicies.onChange((_name, current, previous) => {
      if (!jsonEqual(current?.spec, previous?.spec)) this.onLookups();
    });
    approvals.onChange((_key, current, previous) => this.enqueueRollout(current ?? previous));
    revisions.onChange((_key, current, previous) => this.onRevision(current ?? previous));
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

  /**
   * Another access point may hold, or have given up, what this one claims: those look again as well. The claims come first: the queue may run a key
   * within `add`, and must judge what is written now.
   */
  private onAccessPoint(key: string): void {
    const concerned = this.claims.update(key, this.claimantOf(key));
    for (const concernedKey of [key, ...concerned]) this.queue.add(concernedKey);
  }

  /** What access points are judged against has changed, and with it who may claim what. Changes of one moment count once. */
  onLookups(): void {
    this.judgements.lookupsChanged();
    if (this.lookupsChanged) return;
    this.lookupsChanged = true;
    queueMicrotask(() => {
      this.lookupsChanged = false;
      for (const accessPoint of this.caches.accessPoints.list()) this.onAccessPoint(namespacedName(accessPoint));
    });
  }

  /** Whether a pool is there decides what is accepted; what it gives concerns only those it gives to or takes from. */
  private onPool(current: AddressPool | undefined, previous: AddressPool | undefined): void {
    if ((current === undefined) !== (previous === undefined)) this.onLookups();
    for (const owner of movedOwners(previous?.status?.allocations ?? [], current?.status?.allocations ?? []))
      this.queue.add(owner.replace(`${KIND}/`, ''));
  }

  private onRevision(revision: Revision | undefined): void {
    if (revision?.spec?.owner.kind === KIND)
      this.onAccessPoint(`${revision.metadata.namespace ?? 'default'}/${revision.spec.owner.name}`);
  }

  private enqueueOwner(object: Rollout | undefined): void {
    if (object?.spec?.owner.kind === KIND)
      this.queue.add(`${object.metadata.namespace ?? 'default'}/${object.spec.owner.name}`);
  }

  private enqueueRollout(approval: RolloutApproval | undefined): void {
    const { metadata, spec } = approval ?? {};
    this.enqueueOwner(this.caches.rollouts.get(`${metadata?.namespace ?? 'default'}/${spec?.rollout ?? ''}`));
  }

  private async reconcile(key: string): Promise<RunResult | void> {
    const accessPoint = this.caches.accessPoints.get(key);
    if (accessPoint === undefined) return this.forget(key);
    const epoch = currentEpoch(this.settings);
    if (epoch === undefined || this.written.isAhead(accessPoint)) return;
    if (this.carrier.isStarting()) return { requeueAfterMs: LOOK_AGAIN_MS };
    if (accessPoint.metadata.deletionTimestamp !== undefined) return this.withdraw(accessPoint);
    if (!hasFinalizer(accessPoint)) return this.finalizers.add(accessPoint);
    const input = this.gather(accessPoint, epoch);
    const decision = decideAccessPoint(input);
    try {
      await this.carrier.carryOut(decision, input, () => this.storeStatus(accessPoint, decision.status));
    } catch (cause) {
      // Somebody wrote meanwhile, or the cache lags behind what was written from here: decide again on what is true then.
      if (!(cause instanceof KubeApiError && cause.isConflict)) throw cause;
      return { requeueAfterMs: LOOK_AGAIN_MS };
    }
    return lookAgain(decision, input.nowMs);
  }

  private forget(key: string): void {
    this.written.forget(key);
    this.judgements.forget(key);
    this.renderings.forget(`${KIND}/${key}`);
  }

  private gather(accessPoint: AccessPoint, epoch: number): AccessPointInput {
    const lookups = this.caches.lookups();
    const key = namespacedName(accessPoint);
    const owner = ownerOf(KIND, accessPoint);
    const history = this.carrier.historyOf(owner);
    const candidate = { wanted: accessPoint.spec, released: [], ...this.claims.get(key), accessPoint };
    const previous = lastPlacement(history.revisions);
    const alone = this.judgements.judge(accessPoint, previous, (trial) =>
      judgeAccessPoint(accessPoint, lookups, previous, trial),
    );
    const judged = withConflicts(alone, candidate, this.claims.rivalsOf(key));
    return {
      accessPoint,
      errors: judged.findings.filter(({ severity }) => severity === 'error'),
      accepted: judged.accepted,
      clusters: lookups.clusters,
      ...history,
      strategy: strategyOf(accessPoint.spec, lookups.rolloutPolicies),
      zones: this.carrier.zoneViews(owner),
      remembered: this.renderings.begin(ownerKey(owner)),
      addresses: addressesOf(addressOwner(accessPoint), lookups.pools),
      epoch,
      nowMs: this.settings.clock.nowMs(),
    };
  }

  private claimantOf(key: string): Claimant | undefined {
    const accessPoint = this.caches.accessPoints.get(key);
    if (accessPoint === undefined) return undefined;
    const deleted = accessPoint.metadata.deletionTimestamp !== undefined;
    const valid = !deleted && !hasErrors(validateAccessPoint(accessPoint, this.caches.lookups()));
    const running = new Set((accessPoint.status?.clusters ?? []).map(({ revision }) => revision));
    const { revisions } = this.carrier.historyOf(ownerOf(KIND, accessPoint));
    const released = revisions.filter(({ spec }) => running.has(spec?.digest));
    return {
      accessPoint,
      wanted: valid ? accessPoint.spec : undefined,
      released: released.flatMap((revision) => snapshotIn<AccessPointSnapshot>(revision)?.accessPoint ?? []),
    };
  }

  private async storeStatus(accessPoint: AccessPoint, status: NonNullable<AccessPoint['status']>): Promise<void> {
    if (sameStatus(status, accessPoint.status)) return;
    this.written.remember(await this.settings.client.replaceStatus(accessPointKind, { ...accessPoint, status }));
  }

  /** A deleted access point goes once every zone that had a bundle of it confirmed that it is gone. */
  private async withdraw(accessPoint: AccessPoint): Promise<void> {
    const gone = this.carrier.withdraw(ownerOf(KIND, accessPoint), accessPoint.status?.clusters ?? []);
    if (gone) await this.finalizers.remove(accessPoint);
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

/** The part of a FederatedDeployment that those who follow it look at. */
function placementOf(deployment: FederatedDeployment | undefined): unknown {
  return deployment === undefined ? undefined : [deployment.spec, deploymentClusters(deployment)];
}

/** The part of a MemberCluster that placement looks at. */
function placementPart(member: MemberCluster | undefined): unknown {
  return [member?.spec, member?.metadata.labels, member?.metadata.deletionTimestamp];
}

/** The one fact of a MemberCluster that rendering looks at (R6). */
function unlabelledGateways(member: MemberCluster | undefined): readonly string[] {
  return member?.status?.facts?.gatewaysWithoutLocality ?? [];
}

/** Owners whose addresses differ between two states of a pool. */
function movedOwners(before: readonly AddressAllocation[], after: readonly AddressAllocation[]): Set<string> {
  const textsOf = (list: readonly AddressAllocation[]): Map<string, string> =>
    new Map(list.map(({ owner, zone, address }) => [`${owner} ${zone} ${address}`, owner]));
  const [old, now] = [textsOf(before), textsOf(after)];
  const gone = [...old].filter(([text]) => !now.has(text));
  const come = [...now].filter(([text]) => !old.has(text));
  return new Set([...gone, ...come].map(([, owner]) => owner));
}

/** Times of observation alone are no news worth a write. */
function sameStatus(left: AccessPoint['status'], right: AccessPoint['status']): boolean {
  const essence = (status: AccessPoint['status']): unknown => ({
    ...status,
    clusters: status?.clusters?.map(({ observedAt: _observedAt, ...row }) => row),
  });
  return jsonEqual(essence(left), essence(right));
}
