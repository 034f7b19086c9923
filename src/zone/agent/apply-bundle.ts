import { FIELD_MANAGER, type Bundle } from '../../federation/api';
import { FlotillaError, toFlotillaError } from '../../kernel';
import { KubeApiError } from '../../kube';
import { type KubeObject, namespacedName } from '../../kube/schema';
import { inApplyGroups } from '../apply/apply-order';
import type { ObjectDrift } from '../apply/drift-memory';
import { managedKinds } from '../apply/managed-kinds';
import { type ApplyPlan, type ApplyStep, identityOf, planApply, type PruneStep } from '../apply/plan-apply';
import type { ApplyOutcome } from '../report/apply-outcome';
import type { TargetCluster } from './target-cluster';

/** What one attempt is made with. */
export interface ApplyBundleOptions {
  readonly bundle: Bundle;
  /** What to apply: the bundle's manifests, as this zone needs them now. */
  readonly manifests: readonly KubeObject[];
  /** Whether the very same manifests were applied before: then differences are drift. */
  readonly appliedBefore: boolean;
  readonly target: TargetCluster;
  /** Whether what was changed by others may be put back now. */
  readonly repair: boolean;
  readonly signal: AbortSignal;
}

/** How one attempt ended. */
export interface ApplyBundleResult {
  readonly outcome: ApplyOutcome;
  /** What others changed since the same manifests were applied. */
  readonly drift: readonly ObjectDrift[];
  /** Whether anything was written. */
  readonly changed: boolean;
}

type ApplyWork = Extract<ApplyStep, { kind: 'apply' }>;

/**
 * Makes the target cluster hold a bundle: gather what is there, plan, write group by group, and prune only when everything
 * before has succeeded. Everything that goes wrong becomes an outcome; it never rejects for what a cluster does.
 */
export async function applyBundle(options: ApplyBundleOptions): Promise<ApplyBundleResult> {
  const drift: ObjectDrift[] = [];
  try {
    const plan = await planFor(options);
    drift.push(...driftIn(plan, options.appliedBefore));
    const held = drift.length > 0 && !options.repair;
    const outcome = held ? { outcome: APPLIED, changed: false } : await execute(plan, options);
    return { ...outcome, drift };
  } catch (cause) {
    return { outcome: outcomeOf([toFlotillaError(cause)]), drift, changed: false };
  }
}

const APPLIED: ApplyOutcome = { kind: 'applied' };
const OWNED_BY_OTHER = 'FLO5003';

/** Reads from the caches, and from the cluster where they cannot tell: foreign objects, and what looks like drift. */
async function planFor({ bundle, manifests, appliedBefore, target, signal }: ApplyBundleOptions): Promise<ApplyPlan> {
  await target.followKinds(managedKinds(manifests), signal);
  const live = new Map(target.objectsOf(bundle.metadata.name).map((object) => [identityOf(object), object]));
  for (const manifest of manifests) {
    const identity = identityOf(manifest);
    const found = live.get(identity) ?? target.find(identity, manifest) ?? (await read(target, manifest, signal));
    if (found !== undefined) live.set(identity, found);
  }
  const input = { bundle: bundle.metadata.name, manifests, live };
  const suspects = driftIn(planApply(input), appliedBefore);
  for (const { object } of suspects) {
    // The cache may be behind our own writes: only what the cluster says now is drift.
    const now = await read(target, object, signal);
    if (now === undefined) live.delete(identityOf(object));
    else live.set(identityOf(object), now);
  }
  return planApply(input);
}

function driftIn({ apply }: ApplyPlan, appliedBefore: boolean): readonly ObjectDrift[] {
  if (!appliedBefore) return [];
  return apply.flatMap((step) =>
    step.kind === 'apply' ? [{ object: step.manifest, differences: step.differences }] : [],
  );
}

async function execute(
  plan: ApplyPlan,
  { target, bundle, signal }: ApplyBundleOptions,
): Promise<{ outcome: ApplyOutcome; changed: boolean }> {
  let changed = false;
  for (const group of inApplyGroups(plan.apply)) {
    const failures: FlotillaError[] = [];
    for (const step of group) {
      if (step.kind === 'keep') continue;
      const failure = await attempt(() => take(step, target, bundle, signal));
      if (failure === undefined) changed = true;
      else failures.push(failure);
    }
    if (failures.length > 0) return { outcome: outcomeOf(failures), changed };
  }
  const failures: FlotillaError[] = [];
  for (const step of plan.prune) {
    const failure = await attempt(() => prune(step, target, signal));
    if (failure === undefined) changed = true;
    else failures.push(failure);
  }
  return { outcome: failures.length > 0 ? outcomeOf(failures) : APPLIED, changed };
}

/** Deletes an object, or gives up our fields of one that was there before. */
export async function prune(
  { kind: action, object }: PruneStep,
  target: TargetCluster,
  signal: AbortSignal,
): Promise<void> {
  const { apiVersion, kind: kindName, metadata } = object;
  const { name, namespace, uid } = metadata;
  const kind = await target.client.kindOf(apiVersion, kindName);
  if (action === 'delete') {
    await target.client.delete(kind, name, namespace, {
      signal,
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    });
    return;
  }
  const nothing = { apiVersion, kind: kindName, metadata: namespace === undefined ? { name } : { name, namespace } };
  await target.client.apply(kind, nothing, { fieldManager: FIELD_MANAGER, signal });
}

async function take(step: ApplyStep, target: TargetCluster, bundle: Bundle, signal: AbortSignal): Promise<void> {
  if (step.kind === 'refuse') throw ownedByOther(step, target.name, bundle);
  if (step.kind === 'ensure') await ensure(step.manifest, target, signal);
  if (step.kind === 'apply') await write(step, target, signal);
}

async function write({ manifest, force }: ApplyWork, { client }: TargetCluster, signal: AbortSignal): Promise<void> {
  const kind = await client.kindOf(manifest.apiVersion, manifest.kind);
  await client.apply(kind, manifest, { fieldManager: FIELD_MANAGER, force, signal });
}

async function ensure(manifest: KubeObject, { client }: TargetCluster, signal: AbortSignal): Promise<void> {
  const kind = await client.kindOf(manifest.apiVersion, manifest.kind);
  try {
    await client.create(kind, manifest, { fieldManager: FIELD_MANAGER, signal });
  } catch (cause) {
    if (!(cause instanceof KubeApiError && cause.isConflict)) throw cause; // somebody else made it: all the better
  }
}

async function read(
  { client }: TargetCluster,
  manifest: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const kind = await client.kindOf(manifest.apiVersion, manifest.kind);
  return client.get(kind, manifest.metadata.name, manifest.metadata.namespace, { signal });
}

async function attempt(work: () => Promise<void>): Promise<FlotillaError | undefined> {
  try {
    await work();
    return undefined;
  } catch (cause) {
    const error = toFlotillaError(cause);
    if (isUnreachable(error)) throw error; // the rest would fail the same way
    return error;
  }
}

/** Whether a cluster gave no answer, as opposed to one that refuses. */
export function isUnreachable(error: FlotillaError): boolean {
  if (error instanceof KubeApiError) return error.statusCode === undefined || error.statusCode >= 500;
  return error.code === 'FLO2030';
}

/** The outcome of failures: all of them are named, the first decides the reason. */
export function outcomeOf(failures: readonly FlotillaError[]): ApplyOutcome {
  const [first] = failures;
  if (first === undefined) return APPLIED;
  const message = failures.map((failure) => `${failure.code}: ${failure.message}`).join('; ');
  if (isUnreachable(first)) return { kind: 'pending', reason: 'TargetUnreachable', message };
  const conflict = first instanceof KubeApiError && first.fieldConflicts.length > 0;
  const reason = first.code === OWNED_BY_OTHER ? 'OwnedByOther' : conflict ? 'FieldConflict' : 'ApplyFailed';
  return { kind: 'failed', reason, message };
}

function ownedByOther(
  { manifest, holder }: Extract<ApplyStep, { kind: 'refuse' }>,
  cluster: string,
  bundle: Bundle,
): FlotillaError {
  const object = `${manifest.kind} ${namespacedName(manifest)} in cluster ${cluster}`;
  return new FlotillaError(`bundle ${bundle.metadata.name} cannot apply ${object}: it belongs to bundle ${holder}`, {
    code: OWNED_BY_OTHER,
    retry: 'after-change',
    hint: 'two access points make an object of the same name: rename one of them, or its backend service',
  });
}
