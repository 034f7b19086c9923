import type { PlacedCluster } from '../../accesspoint';
import type { RolloutClusterProgress, RolloutStatus } from '../api';
import type { BundleProgress } from '../bundle';

/** What is known of one cluster when the next step is decided. */
export interface ClusterObservation {
  /** Digest of the revision that the cluster may run now. */
  readonly released?: string | undefined;
  /** Why nothing can be released there now: the zone cannot be reached, or the cluster is paused. */
  readonly held?: string | undefined;
  /** How far the zone is with the bundle of the released revision. */
  readonly progress?: BundleProgress | undefined;
  /** The cluster passed its gate earlier in this rollout; later fact changes do not reopen it. */
  readonly passed?: boolean | undefined;
}

/** What decides the next step of a rollout. */
export interface RolloutInput {
  /** Digest of the revision to release. */
  readonly target: string;
  /** The clusters of the target revision. */
  readonly clusters: readonly PlacedCluster[];
  readonly observations: ReadonlyMap<string, ClusterObservation>;
  /** Zones of clusters that run something but are no longer placed. */
  readonly leaving: ReadonlyMap<string, string>;
  readonly paused: boolean;
}

/** The next step. */
export interface RolloutPlan {
  readonly phase: NonNullable<RolloutStatus['phase']>;
  readonly message: string;
  /** Clusters to release the target to now: none or one. */
  readonly release: readonly string[];
  /** Clusters to withdraw from now: none or one, and only when everything else is done. */
  readonly remove: readonly string[];
  readonly clusters: readonly RolloutClusterProgress[];
}

/**
 * Decides the next step: one cluster at a time, the first of them the canary; the next only when the zone of the last reported it
 * applied and acknowledged. A failure stops everything. Clusters that are held are passed over and catch up when they are back,
 * so that one dead zone delays nobody. Clusters that left the placement are withdrawn last.
 */
export function planRollout(input: RolloutInput): RolloutPlan {
  const placed = releaseOrder(input.clusters).map((cluster) => progressOf(cluster, input));
  const leaving = leavingProgress(input);
  const clusters = [...placed, ...leaving];
  const failed = placed.find((cluster) => cluster.state === 'Failed');
  const stand = { release: [], remove: [], clusters };
  if (failed) return { ...stand, phase: 'Failed', message: `${failed.cluster}: ${failed.message ?? 'failed'}` };
  const releasing = placed.find((cluster) => cluster.state === 'Releasing');
  const unfinished = placed.filter((cluster) => cluster.state !== 'Done');
  if (unfinished.length === 0 && leaving.length === 0)
    return { ...stand, phase: 'Complete', message: doneMessage(placed) };
  if (input.paused) return { ...stand, phase: 'Paused', message: `paused; ${doneMessage(placed)}` };
  if (releasing)
    return { ...stand, phase: 'Progressing', message: `${releasing.cluster}: ${releasing.message ?? 'releasing'}` };
  return nextStep(placed, leaving, stand);
}

function nextStep(
  placed: readonly RolloutClusterProgress[],
  leaving: readonly RolloutClusterProgress[],
  stand: Pick<RolloutPlan, 'release' | 'remove' | 'clusters'>,
): RolloutPlan {
  const next = placed.find((cluster) => cluster.state === 'Pending');
  if (next) return { ...stand, phase: 'Progressing', message: `releasing to ${next.cluster}`, release: [next.cluster] };
  const held = [...placed, ...leaving].filter((cluster) => cluster.state === 'Held');
  const removable = leaving.find((cluster) => cluster.state === 'Removing');
  // A cluster that is away may still send traffic to one that leaves, so nothing is withdrawn behind its back.
  if (removable && placed.every((cluster) => cluster.state === 'Done')) {
    return {
      ...stand,
      phase: 'Progressing',
      message: `withdrawing from ${removable.cluster}`,
      remove: [removable.cluster],
    };
  }
  const reasons = held.map((cluster) => `${cluster.cluster} (${cluster.message ?? 'held'})`);
  return { ...stand, phase: 'Held', message: `waits for ${reasons.join(', ')}; ${doneMessage(placed)}` };
}

/** Zone by zone; within a zone the clusters that hold the backend before the gateways that lead to it. */
export function releaseOrder(clusters: readonly PlacedCluster[]): PlacedCluster[] {
  const key = ({ zone, role, name }: PlacedCluster): string => `${zone} ${role === 'Workload' ? 0 : 1} ${name}`;
  return [...clusters].sort((left, right) => (key(left) < key(right) ? -1 : 1));
}

function progressOf({ name, zone }: PlacedCluster, { target, observations }: RolloutInput): RolloutClusterProgress {
  const { released, held, progress, passed } = observations.get(name) ?? {};
  const at = { cluster: name, zone };
  const failing = progress?.state === 'Failed';
  if (released === target && !failing && (passed === true || progress?.state === 'Applied'))
    return { ...at, state: 'Done' };
  if (held !== undefined) return { ...at, state: 'Held', message: held };
  if (released !== target) return { ...at, state: 'Pending' };
  const message = progress?.message === undefined ? {} : { message: progress.message };
  return { ...at, state: failing ? 'Failed' : 'Releasing', ...message };
}

function leavingProgress({ leaving, observations }: RolloutInput): RolloutClusterProgress[] {
  return [...leaving]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([cluster, zone]) => {
      const held = observations.get(cluster)?.held;
      return held === undefined
        ? { cluster, zone, state: 'Removing' }
        : { cluster, zone, state: 'Held', message: held };
    });
}

function doneMessage(placed: readonly RolloutClusterProgress[]): string {
  return `${placed.filter((cluster) => cluster.state === 'Done').length} of ${placed.length} clusters done`;
}
