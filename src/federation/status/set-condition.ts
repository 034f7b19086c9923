import { formatTime } from '../../kernel';
import type { Condition } from '../../kube/schema';

/** A condition before it has its times: what a controller decides. */
export interface ConditionParts {
  readonly type: string;
  readonly status: Condition['status'];
  readonly reason: string;
  readonly message: string;
}

/** A condition as a schema parses it: absent and undefined are one. */
export type StoredCondition = Omit<Condition, 'observedGeneration'> & {
  readonly observedGeneration?: number | undefined;
};

/**
 * Writes decided conditions over the old ones. `lastTransitionTime` moves only when a status changes, as metav1.Condition says;
 * conditions of other writers stay.
 */
export function mergeConditions(
  old: readonly StoredCondition[] | undefined,
  decided: readonly ConditionParts[],
  { generation, nowMs }: { readonly generation: number; readonly nowMs: number },
): StoredCondition[] {
  const previous = new Map((old ?? []).map((condition) => [condition.type, condition]));
  const merged = decided.map((parts): StoredCondition => {
    const before = previous.get(parts.type);
    const lastTransitionTime = before?.status === parts.status ? before.lastTransitionTime : formatTime(nowMs);
    return { ...parts, message: fitting(parts.message), observedGeneration: generation, lastTransitionTime };
  });
  const written = new Set(decided.map((parts) => parts.type));
  return [...[...previous.values()].filter((condition) => !written.has(condition.type)), ...merged];
}

/** As the schema of a condition and metav1.Condition have it; a longer message would be refused with the whole status. */
const MESSAGE_LENGTH = 32_768;
const MORE = ' … and more';

function fitting(message: string): string {
  return message.length <= MESSAGE_LENGTH ? message : `${message.slice(0, MESSAGE_LENGTH - MORE.length)}${MORE}`;
}
