import type { PlacedCluster } from '../../accesspoint';
import type { FederatedDeploymentSpec } from '../api';
import { type Snapshot, sortedByName } from '../revision';

/** One deployment's intent: what a revision freezes. */
export interface DeploymentSnapshot extends Snapshot {
  readonly template: FederatedDeploymentSpec['template'];
  readonly overrides: FederatedDeploymentSpec['overrides'];
}

/** Freezes the intent of a deployment; where it goes is in the clusters. */
export function deploymentSnapshot(
  spec: FederatedDeploymentSpec,
  clusters: readonly PlacedCluster[],
): DeploymentSnapshot {
  const { mesh, template, overrides } = spec;
  return { meshName: mesh, template, overrides, clusters: sortedByName(clusters) };
}
