import { MAX_CHOSEN_CLUSTERS, type MemberCluster, type PlacementPolicy } from '../../api';
import { choiceOf, type PolicyChoice } from '../../placement';
import { type ConditionParts, mergeConditions } from '../../status';

/** The status of a placement policy: what it chooses from now, and if that is nothing, why. */
export function placementPolicyStatus(
  { metadata, spec, status: old }: PlacementPolicy,
  clusters: readonly MemberCluster[],
  nowMs: number,
): NonNullable<PlacementPolicy['status']> {
  const choice = choiceOf(spec ?? { tolerations: [], spread: [] }, clusters);
  const generation = metadata.generation ?? 0;
  return {
    observedGeneration: generation,
    conditions: mergeConditions(old?.conditions, [ready(choice, spec)], { generation, nowMs }),
    clusterCount: choice.clusters.length,
    clusters: choice.clusters.slice(0, MAX_CHOSEN_CLUSTERS),
  };
}

function ready({ clusters, absent, reason }: PolicyChoice, spec: PlacementPolicy['spec']): ConditionParts {
  const type = 'Ready';
  if (reason !== undefined) return { type, status: 'False', reason: 'NoClusters', message: reason };
  const fit = clusters.length === 1 ? '1 cluster fits' : `${clusters.length} clusters fit`;
  const message = [`${fit}${limitsOf(spec)}`, ...absent].join('; ');
  return { type, status: 'True', reason: 'ClustersFit', message };
}

function limitsOf(spec: PlacementPolicy['spec']): string {
  const limit = spec?.maxClusters === undefined ? [] : [`at most ${spec.maxClusters} of them for each owner`];
  const spread = (spec?.spread ?? []).map(({ topologyKey, maxClusters }) => `${maxClusters} for each ${topologyKey}`);
  return [...limit, ...spread].map((text) => `, ${text}`).join('');
}
