import type { BundleStatus } from '../../federation/api';
import { formatTime } from '../../kernel';

/** A list as a status carries it. */
export type Conditions = NonNullable<BundleStatus['conditions']>;

/** A condition as it is decided, before it has a time. */
export type ConditionNow = Pick<Conditions[number], 'type' | 'status' | 'reason' | 'message'>;

/**
 * The new list of conditions: `lastTransitionTime` moves only when the status of a type changes (metav1.Condition); types
 * that are not decided now keep what they had. Sorted by type.
 */
export function mergeConditions(
  previous: Conditions | undefined,
  now: readonly ConditionNow[],
  { nowMs, observedGeneration }: { readonly nowMs: number; readonly observedGeneration?: number | undefined },
): Conditions {
  const merged = new Map((previous ?? []).map((condition) => [condition.type, condition]));
  for (const condition of now) {
    const before = merged.get(condition.type);
    const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : formatTime(nowMs);
    const generation = observedGeneration === undefined ? {} : { observedGeneration };
    merged.set(condition.type, { ...condition, lastTransitionTime, ...generation });
  }
  return [...merged.values()].sort((left, right) => (left.type < right.type ? -1 : 1));
}
