import type { PlacedCluster } from '../../accesspoint';
import type {
  Rollout,
  RolloutApproval,
  RolloutClusterProgress,
  RolloutSpec,
  RolloutStageProgress,
  RolloutStatus,
  RolloutStrategy,
} from '../api';
import type { BundleProgress } from '../bundle';
import type { Measurements } from './gate';
import type { ClusterLabels } from './stages';

/** What is known of one cluster when the next step is decided. */
export interface ClusterObservation {
  /** Digest of the revision that the cluster may run now. */
  readonly released?: string | undefined;
  /** Why nothing can be released there now: the zone cannot be reached, or the cluster is paused. */
  readonly held?: string | undefined;
  /** How far the zone is with the bundle of the released revision. */
  readonly progress?: BundleProgress | undefined;
}

/** What a rollout remembers between two looks; kept in its status. */
export interface RolloutMemory {
  readonly phase?: RolloutStatus['phase'];
  readonly clusters: ReadonlyMap<string, RolloutClusterProgress>;
  readonly stages: ReadonlyMap<string, RolloutStageProgress>;
}

/** What decides the next step of a rollout. */
export interface RolloutInput {
  readonly name: string;
  /** Digest of the revision to release. */
  readonly target: string;
  readonly strategy: RolloutStrategy;
  /** The clusters of the target revision. */
  readonly clusters: readonly PlacedCluster[];
  readonly labels: ClusterLabels;
  readonly observations: ReadonlyMap<string, ClusterObservation>;
  /** Zones of clusters that run something but are no longer placed. */
  readonly leaving: ReadonlyMap<string, string>;
  readonly memory: RolloutMemory;
  readonly paused: boolean;
  readonly goal: RolloutSpec['goal'];
  readonly promoteFully: boolean;
  readonly skippedGates: readonly string[];
  readonly skippedClusters: readonly string[];
  readonly author?: string | undefined;
  readonly approvals: readonly RolloutApproval[];
  readonly measurements: Measurements;
  readonly nowMs: number;
}

/** A cluster that gets another revision now. */
export interface Release {
  readonly cluster: string;
  readonly revision: string;
}

/** The next step. */
export interface RolloutPlan {
  readonly phase: NonNullable<RolloutStatus['phase']>;
  readonly message: string;
  /** Clusters that get another revision now: the target, or on a rollback what they had. */
  readonly release: readonly Release[];
  /** Clusters to withdraw from now. */
  readonly remove: readonly string[];
  readonly clusters: readonly RolloutClusterProgress[];
  readonly stages: readonly RolloutStageProgress[];
  /** When to look again without any change, in milliseconds since the epoch. */
  readonly againMs?: number | undefined;
}

/** What a rollout object remembers. */
export function memoryOf(rollout: Rollout | undefined): RolloutMemory {
  const { phase, clusters = [], stages = [] } = rollout?.status ?? {};
  return {
    ...(phase === undefined ? {} : { phase }),
    clusters: new Map(clusters.map((progress) => [progress.cluster, progress])),
    stages: new Map(stages.map((progress) => [progress.name, progress])),
  };
}
