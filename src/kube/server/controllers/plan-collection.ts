import { assertNever } from '../../../kernel';
import type { KubeObject, OwnerReference } from '../../schema';
import type { DeleteOptions } from '../registry/plan-deletion';

/** How an owner stands when one of its dependents is looked at. */
export type OwnerState = 'present' | 'waiting' | 'absent';

/** What the garbage collector does with an object that names owners. */
export type Collection =
  | { readonly kind: 'keep' }
  /** Some owners live: forget the others. */
  | { readonly kind: 'disown'; readonly keep: readonly OwnerReference[] }
  | { readonly kind: 'delete'; readonly policy: NonNullable<DeleteOptions['propagationPolicy']> };

/** Set by a foreground deletion on the owner: it stays until its dependents are gone. */
export const FOREGROUND_FINALIZER = 'foregroundDeletion';
/** Set by an orphaning deletion on the owner: its dependents forget it before it goes. */
export const ORPHAN_FINALIZER = 'orphan';

/**
 * Decides about an object with owners, as the Kubernetes garbage collector does: it lives while one owner lives; when the
 * last is gone it goes; when its owner waits for it (foreground), it goes and takes its own dependents with it first.
 * https://kubernetes.io/docs/concepts/architecture/garbage-collection/
 */
export function planCollection(
  object: KubeObject,
  stateOf: (owner: OwnerReference) => OwnerState,
  hasDependents: boolean,
): Collection {
  const owners = object.metadata.ownerReferences ?? [];
  const byState: Record<OwnerState, OwnerReference[]> = { present: [], waiting: [], absent: [] };
  for (const owner of owners) byState[stateOf(owner)].push(owner);
  if (owners.length === 0) return { kind: 'keep' };
  if (byState.present.length > 0) {
    return byState.present.length === owners.length ? { kind: 'keep' } : { kind: 'disown', keep: byState.present };
  }
  if (byState.waiting.length > 0 && hasDependents) return { kind: 'delete', policy: 'Foreground' };
  return { kind: 'delete', policy: policyOf(object) };
}

/** An object that somebody has already begun to delete keeps the way it was begun. */
function policyOf({ metadata }: KubeObject): NonNullable<DeleteOptions['propagationPolicy']> {
  const finalizers = metadata.finalizers ?? [];
  if (finalizers.includes(ORPHAN_FINALIZER)) return 'Orphan';
  return finalizers.includes(FOREGROUND_FINALIZER) ? 'Foreground' : 'Background';
}

/** What an owner that is being deleted waits for. */
export type OwnerDuty = 'none' | 'orphan-dependents' | 'await-dependents';

/** What the garbage collector still owes an object that is being deleted. */
export function dutyOf({ metadata }: KubeObject): OwnerDuty {
  if (metadata.deletionTimestamp === undefined) return 'none';
  const finalizers = metadata.finalizers ?? [];
  if (finalizers.includes(ORPHAN_FINALIZER)) return 'orphan-dependents';
  return finalizers.includes(FOREGROUND_FINALIZER) ? 'await-dependents' : 'none';
}

/** The finalizer that a fulfilled duty takes away. */
export function finalizerOf(duty: Exclude<OwnerDuty, 'none'>): string {
  switch (duty) {
    case 'orphan-dependents':
      return ORPHAN_FINALIZER;
    case 'await-dependents':
      return FOREGROUND_FINALIZER;
    default:
      return assertNever(duty);
  }
}
