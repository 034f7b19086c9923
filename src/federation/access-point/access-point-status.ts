import type { AccessPointStatus, PlacedCluster } from '../../accesspoint';
import type { Bundle } from '../api';
import type { ClusterFacts, Drain } from '../facts';
import type { ReleaseDecision } from '../release';
import type { AccessPointSnapshot } from '../revision';
import { accessPointConditions, clusterStatus, type ClusterStatus, mergeConditions } from '../status';
import type { AccessPointInput } from './access-point-input';

/** What the status of an access point is made from. */
export interface StatusInput {
  readonly input: AccessPointInput;
  readonly decision: ReleaseDecision<AccessPointSnapshot>;
  readonly facts: ClusterFacts;
  /** Drains that are in force. */
  readonly drains: readonly Drain[];
}

/** The whole status: conditions, the revisions, and one row per cluster, which is also the record of what is released. */
export function accessPointStatus(status: StatusInput): AccessPointStatus {
  const { input, facts, drains } = status;
  const { target, plan, findings } = status.decision;
  const placed = target?.snapshot.clusters ?? [];
  const conditions = accessPointConditions({
    intent: target?.snapshot.accessPoint,
    placed,
    errors: input.errors,
    warnings: input.warnings ?? [],
    renderFindings: findings,
    facts,
    addresses: input.addresses,
    bundles: bundlesByCluster(input),
    plan,
  });
  const { metadata, status: old } = input.accessPoint;
  const generation = metadata.generation ?? 0;
  const current = plan?.phase === 'Complete' ? target?.digest : old?.currentRevision;
  return {
    observedGeneration: generation,
    conditions: mergeConditions(old?.conditions, conditions, { generation, nowMs: input.nowMs }),
    ...(current === undefined ? {} : { currentRevision: current }),
    ...(target === undefined ? {} : { targetRevision: target.digest }),
    ...(drains.length === 0 ? {} : { drains: [...drains] }),
    clusters: rows(status, placed),
  };
}

function rows({ input, decision, facts }: StatusInput, placed: readonly PlacedCluster[]): ClusterStatus[] {
  const { released, plan } = decision;
  const bundles = bundlesByCluster(input);
  const zones = new Map<string, string>([...released].map(([cluster, { zone }]) => [cluster, zone]));
  for (const { name, zone } of placed) zones.set(name, zone);
  // Clusters that are being withdrawn from stay visible until they confirmed it.
  for (const { cluster, zone } of plan?.clusters ?? []) zones.set(cluster, zone);
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
