import { type FederatedDeployment, rolloutStrategy } from '../api';
import { judgeDeployment, renderDeployment, type DeploymentSnapshot } from '../deployment';
import type { HubObjects } from '../offline';
import { ownerKey, ownerOf } from '../release';
import { newestSnapshot, revisionDigest } from '../revision';
import { type OwnerHistory, releasedOf } from './owner-history';
import type { OwnerState, PlannedRevision } from './owner-state';

/** Every FederatedDeployment of a set of hub objects as a plan looks at it. */
export function deploymentOwners(hub: HubObjects, history: OwnerHistory): readonly OwnerState[] {
  return hub.deployments.map((deployment) => ownerState(deployment, hub, history));
}

function ownerState(deployment: FederatedDeployment, hub: HubObjects, history: OwnerHistory): OwnerState {
  const owner = ownerOf('FederatedDeployment', deployment);
  const key = ownerKey(owner);
  const revisions = history.get(key) ?? [];
  const rows = deployment.status?.clusters ?? [];
  const last = newestSnapshot<DeploymentSnapshot>(revisions);
  const previous = last?.clusters.map(({ name }) => name) ?? rows.map(({ cluster }) => cluster);
  const { accepted, findings } = judgeDeployment(deployment, hub, new Set(previous));
  const target = targetOf(accepted, last);
  const placed = target?.snapshot.clusters ?? [];
  return {
    key,
    namespace: owner.namespace,
    target,
    released: releasedOf(target, rows, revisions),
    facts: undefined,
    // Revisions of deployments hold what deployments freeze.
    render: ({ snapshot, digest }, cluster) =>
      renderDeployment({ owner, snapshot: snapshot as DeploymentSnapshot, cluster, revision: digest }).manifests,
    findings,
    strategy: rolloutStrategy.parse({}),
    hosts: [],
    vips: [],
    traffic: {
      basis: 'even',
      exposures: placed.map(({ name, zone }) => ({ cluster: name, zone, sent: 0, served: 0 })),
    },
  };
}

function targetOf(
  accepted: DeploymentSnapshot | undefined,
  last: DeploymentSnapshot | undefined,
): PlannedRevision | undefined {
  const snapshot = accepted ?? last;
  return snapshot === undefined ? undefined : { snapshot, digest: revisionDigest(snapshot) };
}
