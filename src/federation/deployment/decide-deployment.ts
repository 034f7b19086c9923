import type { Finding } from '../../kernel';
import { type FederatedDeployment, type FederatedDeploymentStatus, rolloutStrategy } from '../api';
import { decideRelease, ownerOf, type ReleaseDecision, type ReleaseInput } from '../release';
import { acceptedCondition, clusterStatus, mergeConditions, placedCondition, rolloutCondition } from '../status';
import type { DeploymentSnapshot } from './deployment-snapshot';
import { renderDeployment } from './render-deployment';

/** Everything that is known when one deployment is reconciled. */
export interface DeploymentInput extends Omit<
  ReleaseInput<DeploymentSnapshot>,
  'owner' | 'object' | 'recorded' | 'paused' | 'render' | 'strategy'
> {
  readonly deployment: FederatedDeployment;
  readonly errors: readonly Finding[];
}

/** What follows: the release, and the status that records it. */
export interface DeploymentDecision extends ReleaseDecision<DeploymentSnapshot> {
  readonly status: FederatedDeploymentStatus;
}

/** Decides everything about one deployment: its release, one cluster after another, and its status. */
export function decideDeployment(input: DeploymentInput): DeploymentDecision {
  const { deployment } = input;
  const owner = ownerOf('FederatedDeployment', deployment);
  const decision = decideRelease<DeploymentSnapshot>({
    ...input,
    owner,
    object: deployment,
    recorded: deployment.status?.clusters ?? [],
    paused: deployment.spec?.paused === true,
    strategy: rolloutStrategy.parse({}),
    render: (snapshot, revision, cluster) => renderDeployment({ owner, snapshot, cluster, revision }),
  });
  return { ...decision, status: statusOf(input, decision) };
}

function statusOf(
  input: DeploymentInput,
  { target, plan, released }: ReleaseDecision<DeploymentSnapshot>,
): FederatedDeploymentStatus {
  const { metadata, status: old } = input.deployment;
  const generation = metadata.generation ?? 0;
  const placed = target?.snapshot.clusters ?? [];
  const conditions = [acceptedCondition(input.errors), placedCondition(placed), rolloutCondition(plan)];
  const rows = (plan?.clusters ?? []).map((progress) => {
    const { cluster: name, zone } = progress;
    const view = input.zones.get(zone);
    const bundle = view?.bundles.get(name);
    const unreachable = view?.held;
    return clusterStatus({
      cluster: { name, zone },
      released: released.get(name)?.revision,
      fact: undefined,
      bundle,
      progress,
      unreachable,
    });
  });
  return {
    observedGeneration: generation,
    conditions: mergeConditions(old?.conditions, conditions, { generation, nowMs: input.nowMs }),
    ...(target === undefined ? {} : { targetRevision: target.digest }),
    clusters: rows.map(({ cluster, zone, revision, phase, message }) => ({ cluster, zone, revision, phase, message })),
  };
}
