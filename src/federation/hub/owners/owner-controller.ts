import { jsonEqual } from '../../../kernel';
import { addFinalizer, KeyedQueue, KubeApiError, removeFinalizer, type RunResult } from '../../../kube';
import { namespacedName } from '../../../kube/schema';
import type { Revision, Rollout, RolloutApproval } from '../../api';
import { type Owner, ownerOf } from '../../release';
import type { HubCaches } from '../caches';
import { BUNDLES_FINALIZER, type Looks, looksThrough, WrittenVersions } from '../controller';
import { currentEpoch, type HubSettings, queueParts } from '../setup';
import type { ReleaseCarrier } from './release-carrier';
import type { OwnerDecision, ReleasedKind, ReleasedObject } from './released-kind';

/** Pause before another look, while zones give their first answer or a cache catches up. */
const LOOK_AGAIN_MS = 100;

/** What every owner controller works with. */
export interface OwnerSurroundings {
  readonly settings: HubSettings;
  readonly caches: HubCaches;
  readonly carrier: ReleaseCarrier;
}

/** Gathers what is known of each owner of one kind, has the kind decide, carries the decision out, and withdraws what was deleted. */
export class OwnerController<O extends ReleasedObject> {
  private readonly queue: KeyedQueue;
  private readonly looks: Looks;
  private readonly written = new WrittenVersions();

  constructor(
    private readonly released: ReleasedKind<O>,
    private readonly surroundings: OwnerSurroundings,
  ) {
    const { settings } = surroundings;
    const run = (key: string): Promise<RunResult | void> => this.reconcile(key);
    this.queue = new KeyedQueue({ name: released.name, run, ...queueParts(settings) });
    this.looks = looksThrough({
      queue: this.queue,
      keys: () => released.objects.list().map(namespacedName),
      changed: (key) => this.onReleases(key),
    });
  }

  /** Follows everything that decides about owners of this kind. The caches must be synced. */
  start(): void {
    const { revisions, rollouts, approvals } = this.surroundings.caches;
    this.released.objects.onChange((key, current, previous) => this.onOwner(key, current, previous));
    this.released.follow(this.looks);
    revisions.onChange((_key, current, previous) => this.onRevision(current ?? previous));
    rollouts.onChange((_key, current, previous) => this.onRollout(current ?? previous));
    approvals.onChange((_key, current, previous) => this.onApproval(current ?? previous));
  }

  /** Starts nothing more and waits for what runs. */
  async stop(): Promise<void> {
    await this.queue.stop();
  }

  /** Looks at one owner again: a zone reported something about it. */
  enqueue(key: string): void {
    this.looks.at(key);
  }

  /** Looks at all owners again: a zone came or went. */
  enqueueAll(): void {
    this.looks.atAll();
  }

  /** Who is concerned is known before anyone is looked at: the queue may run a key within `at`. */
  private onOwner(key: string, current: O | undefined, previous: O | undefined): void {
    for (const concerned of this.released.concernedBy?.(key, current, previous) ?? [key]) this.looks.at(concerned);
  }

  private onReleases(key: string): void {
    const object = this.released.objects.get(key);
    this.onOwner(key, object, object);
  }

  private onRevision(revision: Revision | undefined): void {
    const key = this.keyOf(revision);
    if (key !== undefined) this.onReleases(key);
  }

  private onRollout(rollout: Rollout | undefined): void {
    const key = this.keyOf(rollout);
    if (key !== undefined) this.looks.at(key);
  }

  private onApproval(approval: RolloutApproval | undefined): void {
    const { metadata, spec } = approval ?? {};
    const rollout = `${metadata?.namespace ?? 'default'}/${spec?.rollout ?? ''}`;
    this.onRollout(this.surroundings.caches.rollouts.get(rollout));
  }

  /** The owner of this kind that a revision or a rollout belongs to. */
  private keyOf(object: Revision | Rollout | undefined): string | undefined {
    const owner = object?.spec?.owner;
    return owner?.kind === this.released.kind ? `${object?.metadata.namespace ?? 'default'}/${owner.name}` : undefined;
  }

  private async reconcile(key: string): Promise<RunResult | void> {
    const object = this.released.objects.get(key);
    if (object === undefined) return this.forget(key);
    const { settings, carrier } = this.surroundings;
    const epoch = currentEpoch(settings);
    if (epoch === undefined || this.written.isAhead(object)) return;
    if (carrier.isStarting()) return { requeueAfterMs: LOOK_AGAIN_MS };
    if (object.metadata.deletionTimestamp !== undefined) return this.withdraw(object, epoch);
    const held = await addFinalizer(settings.client, this.released.definition, object, BUNDLES_FINALIZER);
    return held === object ? this.release(object, epoch) : undefined;
  }

  private forget(key: string): void {
    this.written.forget(key);
    this.released.forget?.(key);
  }

  private async release(object: O, epoch: number): Promise<RunResult> {
    const { settings, carrier } = this.surroundings;
    const owner = this.ownerOf(object);
    const nowMs = settings.clock.nowMs();
    const history = carrier.historyOf(owner);
    const decision = this.released.decide(object, { ...history, zones: carrier.zoneViews(owner), epoch, nowMs });
    try {
      await carrier.carryOut(decision, history, () => this.storeStatus(object, decision.status));
    } catch (cause) {
      // Somebody wrote meanwhile, or the cache lags behind what was written from here: decide again on what is true then.
      if (!(cause instanceof KubeApiError && cause.isConflict)) throw cause;
      return { requeueAfterMs: LOOK_AGAIN_MS };
    }
    return decision.againMs === undefined ? {} : { requeueAfterMs: Math.max(1, decision.againMs - nowMs) };
  }

  private async storeStatus(object: O, status: OwnerDecision<O>['status']): Promise<void> {
    if (this.released.sameStatus?.(status, object.status) ?? jsonEqual(status, object.status)) return;
    const { client } = this.surroundings.settings;
    this.written.remember(await client.replaceStatus(this.released.definition, { ...object, status }));
  }

  /** A deleted owner goes once every zone that had a bundle of it confirmed that it is gone. */
  private async withdraw(object: O, epoch: number): Promise<RunResult | void> {
    const { settings, carrier } = this.surroundings;
    const owner = this.ownerOf(object);
    const { write = [], removeAtMs = 0 } = this.released.withdraw?.(object, carrier.zoneViews(owner), epoch) ?? {};
    carrier.write(write);
    const nowMs = settings.clock.nowMs();
    if (nowMs < removeAtMs) return { requeueAfterMs: removeAtMs - nowMs };
    if (carrier.withdraw(owner, object.status?.clusters ?? []))
      await removeFinalizer(settings.client, this.released.definition, object, BUNDLES_FINALIZER);
  }

  private ownerOf(object: O): Owner {
    return ownerOf(this.released.kind, object);
  }
}
