import type { MemberCluster, RolloutPolicy } from '../../api';
import { stageProblems } from '../../rollout';
import { type ConditionParts, mergeConditions } from '../../status';

/** What a rollout policy is judged against. */
export interface RolloutPolicySurroundings {
  readonly clusters: readonly MemberCluster[];
  /** What refers to it: how many access points and name services. */
  readonly owners: number;
  readonly nowMs: number;
}

/** The status of a rollout policy: who uses it, and which of its stages can match no cluster of the hub. */
export function rolloutPolicyStatus(
  { metadata, spec, status: old }: RolloutPolicy,
  { clusters, owners, nowMs }: RolloutPolicySurroundings,
): NonNullable<RolloutPolicy['status']> {
  const generation = metadata.generation ?? 0;
  return {
    observedGeneration: generation,
    conditions: mergeConditions(old?.conditions, [ready(spec, clusters)], { generation, nowMs }),
    owners,
  };
}

function ready(spec: RolloutPolicy['spec'], clusters: readonly MemberCluster[]): ConditionParts {
  const type = 'Ready';
  const problems = spec === undefined ? [] : stageProblems(spec, clusters);
  if (problems.length > 0) {
    const message = problems.map((problem) => `stage ${problem.stage}: ${problem.message}`).join('; ');
    return { type, status: 'False', reason: 'StageWithoutClusters', message };
  }
  const count = spec?.stages.length ?? 0;
  const message = count === 0 ? 'no stages: one cluster after another' : 'each stage can match clusters of the hub';
  return { type, status: 'True', reason: 'StagesFit', message };
}
