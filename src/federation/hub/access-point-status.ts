import type { AccessPointStatus, PlacedCluster } from '../../accesspoint';
import type { Finding } from '../../kernel';
import type { Bundle } from '../api';
import { type ClusterFacts, drainsInForce } from '../facts';
import type { RolloutPlan } from '../rollout';
import { accessPointConditions, clusterStatus, type ClusterStatus, mergeConditions } from '../status';
import type { AccessPointInput } from './access-point-input';
import type { ReleasedRevision } from './released-revisions';
import type { TargetRevision } from './target-revision';

/** What the status of an access point is made from. */
export interface StatusInput {
  readonly input: AccessPointInput;
  readonly target: TargetRevision | undefined;
  readonly facts: ClusterFacts;
  /** What is released once this decision is carried out. */
  readonly released: ReadonlyMap<string, ReleasedRevision>;
  readonly plan: RolloutPlan | undefined;
  readonly findings: readonly Finding[];
}

/** The whole status: conditions, the revisions, and one row per cluster, which is also the record of what is released. */
export function accessPointStatus(status: StatusInput): AccessPointStatus {
  const { input, target, facts, plan, findings } = status;
  const placed = target?.snapshot.clusters ?? [];
  const conditions = accessPointConditions({
    intent: target?.snapshot.accessPoint,
    placed,
    errors: input.errors,
    renderFindings: findings,
    facts,
    bundles: bundlesByCluster(input),
    plan,
  });
  const { metadata, status: old } = input.accessPoint;
  const generation = metadata.generation ?? 0;
  const drains = drainsInForce(input.accessPoint, input.accepted !== undefined, input.nowMs);
  const current = plan?.phase === 'Complete' ? target?.digest : old?.currentRevision;
  return {
    observedGeneration: generation,
    conditions: mergeConditions(old?.conditions, conditions, { generation, nowMs: input.nowMs }),
    ...(current === undefined ? {} : { currentRevision: current }),
    ...(target === undefined ? {} : { targetRevision: target.digest }),
    ...(drains.length === 0 ? {} : { drains }),
    clusters: rows(status, placed),
  };
}

function rows({ input, facts, released, plan }: StatusInput, placed: readonly PlacedCluster[]): ClusterStatus[] {
  const bundles = bundlesByCluster(input);
  const zones = new Map<string, string>([...released].map(([cluster, { zone }]) => [cluster, zone]));
  for (const { name, zone } of placed) zones.set(name, zone);
  return [...zones.keys()].sort().map((name) =>
    clusterStatus({
      cluster: { name, zone: zones.get(name) ?? '' },
      released: released.get(name)?.revision,
      fact: facts[name],
      bundle: bundles.get(name),
      progress: plan?.clusters.find(({ cluster }) => cluster === name),
      unreachable: input.zones.get(zones.get(name) ?? '')?.held,
    }),
  );
}

function bundlesByCluster({ zones }: AccessPointInput): Map<string, Bundle> {
  return new Map([...zones.values()].flatMap(({ bundles }) => [...bundles]));
}
