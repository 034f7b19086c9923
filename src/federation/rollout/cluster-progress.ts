import type { PlacedCluster } from '../../accesspoint';
import { formatTime } from '../../kernel';
import { parseDurationMs } from '../../istio';
import type { RolloutClusterProgress } from '../api';
import { withoutUndefined } from './without-undefined';
import type { RolloutInput } from './rollout-input';

/** Where one cluster stands in the release of the target. */
export function clusterProgress(
  { name, zone }: PlacedCluster,
  stage: string,
  input: RolloutInput,
): RolloutClusterProgress {
  const before = input.memory.clusters.get(name);
  const { from, releasedAt } = before ?? {};
  return withoutUndefined({ cluster: name, zone, stage, from, releasedAt, ...standing(name, before, input) });
}

type Standing = Pick<RolloutClusterProgress, 'state' | 'message'>;

function standing(name: string, before: RolloutClusterProgress | undefined, input: RolloutInput): Standing {
  const { released, held, progress } = input.observations.get(name) ?? {};
  const message = progress?.message;
  if (released === input.target) {
    // Gates that were passed stay passed: later fact changes write the bundle anew, and reopen nothing.
    const passed = before?.state === 'Done';
    if (passed && input.memory.phase === 'Complete') return { state: 'Done', message };
    if (progress?.state === 'Failed') return { state: 'Failed', message };
    if (passed || progress?.state === 'Applied') return { state: 'Done' };
  }
  if (input.skippedClusters.includes(name)) return { state: 'Skipped', message: 'not waited for' };
  if (held !== undefined) return { state: 'Held', message: held };
  if (released !== input.target) return { state: 'Pending' };
  const late = isLate(before, input);
  return late === undefined ? { state: 'Releasing', message } : { state: 'Failed', message: late };
}

/** What a release records of a cluster: what it ran before, and since when it may run the target. */
export function releasedNow(
  progress: RolloutClusterProgress,
  from: string | undefined,
  nowMs: number,
): RolloutClusterProgress {
  const releasedAt = progress.releasedAt ?? formatTime(nowMs);
  return withoutUndefined({ ...progress, state: 'Releasing', releasedAt, from: progress.from ?? from });
}

function isLate(before: RolloutClusterProgress | undefined, { strategy, nowMs }: RolloutInput): string | undefined {
  if (strategy.progressDeadline === undefined || before?.releasedAt === undefined) return undefined;
  const dueMs = Date.parse(before.releasedAt) + parseDurationMs(strategy.progressDeadline);
  return nowMs > dueMs ? `not done within ${strategy.progressDeadline}` : undefined;
}
