import type { PlacedCluster } from '../../accesspoint';
import { matchesSelector, type RolloutStage, type RolloutStrategy, type RolloutTask } from '../api';

/** A stage with its clusters worked out. */
export interface Stage {
  readonly name: string;
  /** In order of release. */
  readonly clusters: readonly PlacedCluster[];
  readonly maxConcurrency: number;
  readonly before: readonly RolloutTask[];
  readonly after: readonly RolloutTask[];
}

/** Name of the stage that takes what no stage of the strategy takes. */
export const REST_STAGE = 'rest';

/** Labels of MemberClusters by name, for stages that select by them. */
export type ClusterLabels = ReadonlyMap<string, Readonly<Record<string, string>>>;

/**
 * The stages of a release. Each takes from what the ones before it left; what no stage takes comes last, one cluster after another. A stage
 * that finds no cluster is passed at once, gates included.
 */
export function stagesOf(
  strategy: RolloutStrategy,
  clusters: readonly PlacedCluster[],
  labels: ClusterLabels,
): Stage[] {
  let left = releaseOrder(clusters);
  const stages = strategy.stages.map((stage): Stage => {
    const taken = takenBy(stage, left, clusters.length, labels);
    left = left.filter((cluster) => !taken.includes(cluster));
    const { name, maxConcurrency, before, after } = stage;
    const ordered = stage.order === 'ByName' ? byName(taken) : taken;
    return { name, clusters: ordered, maxConcurrency, before, after };
  });
  if (left.length > 0) stages.push({ name: REST_STAGE, clusters: left, maxConcurrency: 1, before: [], after: [] });
  return stages.filter((stage) => stage.clusters.length > 0);
}

/** Zone by zone; within a zone the clusters that hold the backend before the gateways that lead to it. */
export function releaseOrder(clusters: readonly PlacedCluster[]): PlacedCluster[] {
  const key = ({ zone, role, name }: PlacedCluster): string => `${zone} ${role === 'Workload' ? 0 : 1} ${name}`;
  return [...clusters].sort((left, right) => (key(left) < key(right) ? -1 : 1));
}

function takenBy(
  stage: RolloutStage,
  left: readonly PlacedCluster[],
  total: number,
  labels: ClusterLabels,
): PlacedCluster[] {
  const { clusters, selector, count, percent } = stage;
  if (clusters !== undefined) return left.filter(({ name }) => clusters.includes(name));
  if (selector !== undefined) return left.filter(({ name }) => matchesSelector(selector, labels.get(name)));
  if (count !== undefined) return left.slice(0, count);
  if (percent !== undefined) return left.slice(0, Math.max(1, Math.ceil((total * percent) / 100)));
  return [...left];
}

function byName(clusters: readonly PlacedCluster[]): PlacedCluster[] {
  return [...clusters].sort((left, right) => (left.name < right.name ? -1 : 1));
}
