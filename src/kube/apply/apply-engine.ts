import { type Clock, FlotillaError, pause, systemClock, toFlotillaError } from '../../kernel';
import type { KubeClient } from '../client/kube-client';
import { KubeApiError } from '../client/kube-api-error';
import type { KubeObject, ResourceKind } from '../schema';
import { identityOf, type Owner, planApply, planPrune } from './apply-plan';
import { type ApplyReport, type ObjectOutcome, type ObjectResult, referenceOf } from './apply-result';
import { mapLimited } from './map-limited';

/** The parts of a client that applying needs. */
export type ApplyClient = Pick<KubeClient, 'cluster' | 'apply' | 'delete' | 'get' | 'kindOf' | 'list'>;

/** A set of manifests, and how to apply it. */
export interface ApplyOptionsOfSet {
  readonly client: ApplyClient;
  readonly manifests: readonly KubeObject[];
  /** Put on every object as a label; what carries it and is not in the set is pruned. */
  readonly owner: Owner;
  readonly fieldManager: string;
  /** Takes fields over from other managers instead of reporting a conflict. */
  readonly force?: boolean;
  /** Nothing is changed; the report says what would be. */
  readonly dryRun?: boolean;
  /** Kinds that are searched for objects to prune; none, no pruning. */
  readonly pruneKinds?: readonly ResourceKind[];
  /** Without it an empty set prunes nothing: nothing wanted is more often a fault upstream than a wish. */
  readonly allowEmpty?: boolean;
  /** Requests under way at once, 4 unless given. */
  readonly concurrency?: number;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

/** A CRD that was just applied is served after a moment; so long it is waited for. */
const KIND_WAIT = { triesMax: 20, everyMs: 500 };

/**
 * Makes a cluster hold exactly this set for its owner: Namespaces and CustomResourceDefinitions first, each object by
 * server-side apply, then what the set no longer holds is deleted. Nothing is pruned unless every object could be
 * applied and every listing succeeded: missing news never deletes. Faults of single objects are in the report; only
 * an abort rejects.
 */
export async function applyManifests(options: ApplyOptionsOfSet): Promise<ApplyReport> {
  return new ApplyEngine(options).run();
}

/** One run of {@link applyManifests}. */
class ApplyEngine {
  private readonly clock: Clock;
  /** Versions of the owner's objects before the run, by identity. */
  private readonly before = new Map<string, string | undefined>();
  private readonly owned: KubeObject[] = [];
  private listFailure: FlotillaError | undefined;
  private hasNewKinds = false;

  constructor(private readonly options: ApplyOptionsOfSet) {
    this.clock = options.clock ?? systemClock;
  }

  async run(): Promise<ApplyReport> {
    const { manifests, owner, concurrency = 4 } = this.options;
    const plan = planApply(manifests, owner);
    await this.listOwned();
    const results: ObjectResult[] = plan.duplicates.map((manifest) => ({
      object: referenceOf(manifest),
      outcome: { state: 'failed', error: duplicate(manifest, this.options.client.cluster) },
    }));
    for (const phase of plan.phases) {
      results.push(...(await mapLimited(phase, concurrency, (manifest) => this.applyOne(manifest))));
    }
    this.options.signal?.throwIfAborted();
    return this.finish(results);
  }

  private async listOwned(): Promise<void> {
    const { client, owner, pruneKinds = [], concurrency = 4 } = this.options;
    const labelSelector = `${owner.label}=${owner.value}`;
    await mapLimited(pruneKinds, concurrency, async (kind) => {
      try {
        const { items } = await client.list(kind, { labelSelector, metadataOnly: true, ...this.withSignal() });
        for (const item of items) {
          this.owned.push(item);
          this.before.set(identityOf(item), item.metadata.resourceVersion);
        }
      } catch (cause) {
        // A kind that the cluster does not serve has no objects to prune.
        if (!(cause instanceof KubeApiError && cause.isNotFound)) this.listFailure = toFlotillaError(cause);
      }
    });
  }

  private async applyOne(manifest: KubeObject): Promise<ObjectResult> {
    return { object: referenceOf(manifest), outcome: await this.outcomeOf(manifest) };
  }

  private async outcomeOf(manifest: KubeObject): Promise<ObjectOutcome> {
    const { client, fieldManager, force = false, dryRun = false } = this.options;
    try {
      const kind = await this.kindOf(manifest);
      const before = await this.versionBefore(kind, manifest);
      const live = await client.apply(kind, manifest, { fieldManager, force, dryRun, ...this.withSignal() });
      if (kind.kind === 'CustomResourceDefinition') this.hasNewKinds = true;
      if (before === undefined) return { state: 'created', live };
      return { state: before === live.metadata.resourceVersion ? 'unchanged' : 'updated', live };
    } catch (cause) {
      const error = toFlotillaError(cause);
      if (!(error instanceof KubeApiError) || error.fieldConflicts.length === 0) return { state: 'failed', error };
      return { state: 'conflict', conflicts: error.fieldConflicts, error };
    }
  }

  /** An object that exists but is not the owner's yet is updated, not created. */
  private async versionBefore(kind: ResourceKind, { metadata, ...rest }: KubeObject): Promise<string | undefined> {
    const identity = identityOf({ metadata, ...rest });
    if (this.before.has(identity)) return this.before.get(identity);
    const live = await this.options.client.get(kind, metadata.name, metadata.namespace, this.withSignal());
    return live?.metadata.resourceVersion;
  }

  private async kindOf({ apiVersion, kind }: KubeObject): Promise<ResourceKind> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.options.client.kindOf(apiVersion, kind);
      } catch (cause) {
        const mayComeSoon = this.hasNewKinds && tries < KIND_WAIT.triesMax && toFlotillaError(cause).code === 'FLO2014';
        if (!mayComeSoon || this.options.signal?.aborted) throw cause;
        await pause(this.clock, KIND_WAIT.everyMs, this.options.signal);
      }
    }
  }

  private async finish(results: readonly ObjectResult[]): Promise<ApplyReport> {
    const applied = results.every(({ outcome }) => outcome.state !== 'failed' && outcome.state !== 'conflict');
    const pruneHeld = this.reasonToHold(applied);
    const pruned = pruneHeld === undefined ? await this.prune() : [];
    const failures = pruned.flatMap(({ object, error }) => (error === undefined ? [] : [{ object, error }]));
    return {
      succeeded: applied && pruneHeld === undefined && failures.length === 0,
      results,
      pruned: pruned.filter(({ error }) => error === undefined).map(({ object }) => object),
      pruneFailures: failures,
      ...(pruneHeld !== undefined ? { pruneHeld } : {}),
    };
  }

  private reasonToHold(applied: boolean): string | undefined {
    const { manifests, allowEmpty, pruneKinds = [] } = this.options;
    if (pruneKinds.length === 0) return undefined;
    if (this.listFailure !== undefined) return `the owner's objects could not be listed: ${this.listFailure.message}`;
    if (!applied) return 'not every object could be applied';
    if (manifests.length === 0 && !allowEmpty && this.owned.length > 0) return 'the set is empty';
    return undefined;
  }

  private async prune(): Promise<readonly { object: ObjectResult['object']; error?: FlotillaError }[]> {
    const { client, manifests, dryRun = false, concurrency = 4, pruneKinds = [] } = this.options;
    return mapLimited(planPrune(manifests, this.owned), concurrency, async (target) => {
      const { name, namespace, uid } = target.metadata;
      const kind = pruneKinds.find((candidate) => candidate.kind === target.kind && isOfGroup(candidate, target));
      try {
        if (kind === undefined) throw new RangeError(`${target.kind} is not among the kinds to prune`);
        const preconditions = uid === undefined ? {} : { preconditions: { uid } };
        await client.delete(kind, name, namespace, { dryRun, ...preconditions, ...this.withSignal() });
        return { object: referenceOf(target) };
      } catch (cause) {
        return { object: referenceOf(target), error: toFlotillaError(cause) };
      }
    });
  }

  private withSignal(): { readonly signal?: AbortSignal } {
    return this.options.signal === undefined ? {} : { signal: this.options.signal };
  }
}

function isOfGroup(kind: ResourceKind, { apiVersion }: KubeObject): boolean {
  return apiVersion === (kind.group === '' ? kind.version : `${kind.group}/${kind.version}`);
}

function duplicate(manifest: KubeObject, cluster: string): FlotillaError {
  return new FlotillaError(`applying ${identityOf(manifest)} to cluster ${cluster} failed: the set holds it twice`, {
    code: 'FLO2060',
    retry: 'after-change',
    hint: 'keep one of the two',
  });
}
