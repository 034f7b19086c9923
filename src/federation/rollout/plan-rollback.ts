import type { RolloutClusterProgress } from '../api';
import type { ClusterObservation, Release, RolloutInput, RolloutPlan } from './rollout-input';
import { releaseOrder, stagesOf } from './stages';
import { withoutUndefined } from './without-undefined';

/**
 * Gives every cluster that the rollout touched what it had before, last touched first, all at once where the zone can be reached: what is
 * being restored was proven there. A cluster that had nothing before is withdrawn from. Clusters that are away follow when they are back.
 */
export function planRollback(input: RolloutInput, cause?: string): RolloutPlan {
  const steps = releaseOrder(input.clusters)
    .reverse()
    .map((cluster) => stepOf(cluster.name, cluster.zone, input));
  const release = steps.flatMap(({ release: one }) => one ?? []);
  const remove = steps.flatMap(({ remove: one }) => one ?? []);
  const waiting = steps.filter(({ progress }) => progress.state !== 'Restored' && progress.state !== 'Pending');
  const phase = waiting.length === 0 ? 'RolledBack' : 'RollingBack';
  const why = cause === undefined ? '' : ` after ${cause}`;
  const message =
    phase === 'RolledBack'
      ? `every cluster has what it had before${why}`
      : `restoring ${waiting.map(({ progress }) => progress.cluster).join(', ')}${why}`;
  return {
    phase,
    message,
    release,
    remove,
    clusters: steps.map(({ progress }) => progress).reverse(),
    stages: stagesOf(input.strategy, input.clusters, input.labels).map(
      ({ name }) => input.memory.stages.get(name) ?? { name, state: 'Pending' },
    ),
  };
}

interface RestoreStep {
  readonly progress: RolloutClusterProgress;
  readonly release?: Release | undefined;
  readonly remove?: string | undefined;
}

function stepOf(cluster: string, zone: string, { target, observations, memory }: RolloutInput): RestoreStep {
  const observed = observations.get(cluster);
  const before = memory.clusters.get(cluster);
  const { stage, from, releasedAt } = before ?? {};
  const at = { cluster, zone, stage, from, releasedAt };
  const untouched = releasedAt === undefined && observed?.released !== target;
  const step = untouched
    ? { state: 'Pending' as const, message: 'was not touched' }
    : restoring(cluster, from, observed);
  const { release, remove, ...progress } = step;
  return withoutUndefined({ progress: withoutUndefined({ ...at, ...progress }), release, remove });
}

interface Restoring extends Pick<RestoreStep, 'release' | 'remove'> {
  readonly state: RolloutClusterProgress['state'];
  readonly message?: string | undefined;
}

function restoring(cluster: string, from: string | undefined, observed: ClusterObservation | undefined): Restoring {
  const { released, held, progress } = observed ?? {};
  if (held !== undefined) return { state: 'Held', message: held };
  if (from === undefined)
    return released === undefined ? { state: 'Restored' } : { state: 'Removing', remove: cluster };
  if (released !== from) return { state: 'Releasing', message: 'restoring', release: { cluster, revision: from } };
  return { state: progress?.state === 'Applied' ? 'Restored' : 'Releasing', message: progress?.message };
}
