import { formatTime } from '../../../kernel';
import type { KubeObject, ObjectMeta } from '../../schema';
import { conflict } from '../api-error';
import type { ServedKind } from '../resources/served-kind';

/** metav1.DeleteOptions. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly orphanDependents?: boolean;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** What a deletion does now: the object goes, or stays with a deletionTimestamp until its finalizers are gone. */
export type DeletionPlan =
  { readonly kind: 'remove' } | { readonly kind: 'keep'; readonly object: KubeObject; readonly changed: boolean };

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

/** Decides a deletion. Pure. @throws ApiError 409 when a precondition does not hold */
export function planDeletion(kind: ServedKind, live: KubeObject, options: DeleteOptions, nowMs: number): DeletionPlan {
  checkDeletePreconditions(kind, live, options);
  const finalizers = finalizersAfter(live, options);
  const grace = kind.strategy.gracePeriodSeconds?.(live, options.gracePeriodSeconds) ?? 0;
  if (finalizers.length === 0 && grace === 0 && !isHeld(live)) return { kind: 'remove' };
  const object = marked(kind, { ...live, metadata: { ...live.metadata, finalizers } }, grace, nowMs);
  return { kind: 'keep', object, changed: JSON.stringify(object) !== JSON.stringify(live) };
}

/** Whether nothing holds an object that is being deleted any more, so that the write that freed it also removes it. */
export function isReleased({ metadata, ...object }: KubeObject): boolean {
  if (metadata.deletionTimestamp === undefined || (metadata.finalizers ?? []).length > 0) return false;
  const { deletionGracePeriodSeconds: grace } = metadata as ObjectMeta & { deletionGracePeriodSeconds?: number };
  return (grace ?? 0) === 0 && !isHeld({ metadata, ...object });
}

/** A Namespace has finalizers of its own in its spec. */
function isHeld({ kind, apiVersion, spec }: KubeObject): boolean {
  if (kind !== 'Namespace' || apiVersion !== 'v1') return false;
  return ((spec as { finalizers?: readonly string[] } | undefined)?.finalizers ?? []).length > 0;
}

function checkDeletePreconditions(kind: ServedKind, live: KubeObject, { preconditions }: DeleteOptions): void {
  const { name, uid, resourceVersion } = live.metadata;
  if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
    throw conflict(
      kind,
      name,
      `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${String(uid)}`,
    );
  }
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    const why = `Precondition failed: ResourceVersion in precondition: ${preconditions.resourceVersion}, ResourceVersion in object meta: ${String(resourceVersion)}`;
    throw conflict(kind, name, why);
  }
}

/** The policy decides about the garbage collector's two finalizers; all others stay. */
function finalizersAfter(live: KubeObject, { propagationPolicy, orphanDependents }: DeleteOptions): readonly string[] {
  const present = live.metadata.finalizers ?? [];
  if (propagationPolicy === undefined && orphanDependents === undefined) return present;
  const others = present.filter((finalizer) => finalizer !== FOREGROUND && finalizer !== ORPHAN);
  if (propagationPolicy === 'Foreground') return [...others, FOREGROUND];
  return propagationPolicy === 'Orphan' || orphanDependents === true ? [...others, ORPHAN] : others;
}

function marked(kind: ServedKind, object: KubeObject, graceSeconds: number, nowMs: number): KubeObject {
  const { deletionTimestamp, generation, finalizers, ...metadata } = object.metadata as ObjectMeta & {
    deletionGracePeriodSeconds?: number;
  };
  const keptFinalizers = (finalizers ?? []).length > 0 ? { finalizers: finalizers ?? [] } : {};
  const counted =
    generation === undefined ? {} : { generation: deletionTimestamp === undefined ? generation + 1 : generation };
  const shorter = deletionTimestamp === undefined || graceSeconds < (metadata.deletionGracePeriodSeconds ?? 0);
  const times = {
    deletionTimestamp: shorter ? formatTime(nowMs + graceSeconds * 1000) : deletionTimestamp,
    deletionGracePeriodSeconds: shorter ? graceSeconds : (metadata.deletionGracePeriodSeconds ?? 0),
  };
  const result = { ...object, metadata: { ...metadata, ...keptFinalizers, ...counted, ...times } } as KubeObject;
  return kind.kind === 'Namespace' && kind.group === ''
    ? { ...result, status: { ...(object.status as object), phase: 'Terminating' } }
    : result;
}
