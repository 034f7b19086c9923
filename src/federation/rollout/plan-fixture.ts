import type { PlacedCluster } from '../../accesspoint';
import { parseZoneName } from '../../kernel';
import { rolloutStrategy } from '../api';
import { planRollout } from './plan-rollout';
import type { ClusterObservation, RolloutInput, RolloutPlan } from './rollout-input';

/** The moment at which the specs of rollouts begin. */
export const startMs = Date.UTC(2026, 0, 1);

/** A cluster of a placement. */
export function placed(name: string, zone: string, role: PlacedCluster['role'] = 'Workload'): PlacedCluster {
  return { name, zone: parseZoneName(zone), role, holdsBackend: role === 'Workload' };
}

/** Three clusters in two zones, out of order. */
export const clusters = [
  placed('b-apps', 'east/b'),
  placed('a-gateway', 'east/a', 'Gateway'),
  placed('a-apps', 'east/a'),
];

/** A cluster whose zone has applied and acknowledged the target. */
export const done: ClusterObservation = { released: 'new', progress: { state: 'Applied' } };

/** Measurements of a fleet in which all is well. */
export const quiet = { failedClusters: 0, unhealthyMembersPercent: 0, unacknowledgedProxies: 0 };

/** A plan for the three clusters, without a strategy unless told otherwise. */
export function plan(
  observations: Record<string, ClusterObservation>,
  options: Partial<RolloutInput> = {},
): RolloutPlan {
  return planRollout({
    name: 'checkout-r2',
    target: 'new',
    strategy: rolloutStrategy.parse({}),
    clusters,
    labels: new Map(),
    leaving: new Map(),
    memory: { clusters: new Map(), stages: new Map() },
    paused: false,
    goal: 'Release',
    promoteFully: false,
    skippedGates: [],
    skippedClusters: [],
    approvals: [],
    measurements: quiet,
    nowMs: startMs,
    ...options,
    observations: new Map(Object.entries(observations)),
  });
}

/** Names of the clusters that a plan releases to now. */
export function namesOf({ release }: RolloutPlan): string[] {
  return release.map(({ cluster }) => cluster);
}

/** A plan remembers itself: the next look starts from what the last one recorded. */
export function remember({ phase, clusters: progress, stages }: RolloutPlan): RolloutInput['memory'] {
  return {
    phase,
    clusters: new Map(progress.map((one) => [one.cluster, one])),
    stages: new Map(stages.map((one) => [one.name, one])),
  };
}
