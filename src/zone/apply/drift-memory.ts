import type { BundleStatus } from '../../federation/api';
import { formatTime } from '../../kernel';
import { type KubeObject, namespacedName } from '../../kube/schema';
import type { Difference } from './differences';

/** One entry of a Bundle's `status.drift`. */
export type DriftEntry = NonNullable<BundleStatus['drift']>[number];

/** How long a repaired drift stays in the status, so that a person can see what keeps being changed. */
export const DRIFT_SHOWN_MS = 10 * 60 * 1000;
const FIRST_REPAIR_DELAY_MS = 1000;
const LONGEST_REPAIR_DELAY_MS = 60 * 1000;

/** What is known of the drift of one bundle. */
export interface DriftMemory {
  readonly entries: readonly (DriftEntry & { readonly lastSeenMs: number })[];
  /** Repairs since the last quiet time; each doubles the pause before the next, so that two writers do not race. */
  readonly repairs: number;
  readonly nextRepairMs: number;
}

export const noDrift: DriftMemory = { entries: [], repairs: 0, nextRepairMs: 0 };

/** Drift found in one look: which object, which fields. */
export interface ObjectDrift {
  readonly object: KubeObject;
  readonly differences: readonly Difference[];
}

/** The memory that a restarted agent takes from the status that it wrote before. */
export function recallDrift(entries: readonly DriftEntry[] | undefined, nowMs: number): DriftMemory {
  return { ...noDrift, entries: (entries ?? []).map((entry) => ({ ...entry, lastSeenMs: nowMs })) };
}

/** Adds what was found now, keeps `firstSeen` of what was known, and forgets what has been quiet for long enough. */
export function observeDrift(memory: DriftMemory, found: readonly ObjectDrift[], nowMs: number): DriftMemory {
  const seen = new Map(memory.entries.map((entry) => [entryKey(entry), entry]));
  for (const { object, differences } of found) {
    for (const { path, wanted, found: actual } of differences) {
      const entry = { object: `${object.kind}/${namespacedName(object)}`, path, wanted, found: actual };
      const firstSeen = seen.get(entryKey(entry))?.firstSeen ?? formatTime(nowMs);
      seen.set(entryKey(entry), { ...entry, firstSeen, lastSeenMs: nowMs });
    }
  }
  const entries = [...seen.values()].filter(({ lastSeenMs }) => nowMs - lastSeenMs < DRIFT_SHOWN_MS);
  if (entries.length === 0) return noDrift;
  return { ...memory, entries: entries.sort((left, right) => (entryKey(left) < entryKey(right) ? -1 : 1)) };
}

/** The memory after a repair: the next one waits twice as long. */
export function repaired(memory: DriftMemory, nowMs: number): DriftMemory {
  const delayMs = Math.min(FIRST_REPAIR_DELAY_MS * 2 ** memory.repairs, LONGEST_REPAIR_DELAY_MS);
  return { ...memory, repairs: memory.repairs + 1, nextRepairMs: nowMs + delayMs };
}

/** The entries as the status shows them. */
export function driftEntries({ entries }: DriftMemory): readonly DriftEntry[] {
  return entries.map(({ lastSeenMs: _lastSeenMs, ...entry }) => entry);
}

function entryKey({ object, path }: Pick<DriftEntry, 'object' | 'path'>): string {
  return `${object} ${path}`;
}
