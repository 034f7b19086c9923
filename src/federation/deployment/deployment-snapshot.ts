import type { PlacedCluster } from '../../accesspoint';
import type { FederatedDeploymentSpec, LabelSelector, MeshSpec } from '../api';
import { type Snapshot, sortedByName } from '../revision';

/** One deployment's intent: what a revision freezes. */
export interface DeploymentSnapshot extends Snapshot {
  readonly template: FederatedDeploymentSpec['template'];
  readonly overrides: FederatedDeploymentSpec['overrides'];
  /** What the mesh discovers, when that is not everything; namespaces that are made carry labels for it. */
  readonly discoverySelectors?: readonly LabelSelector[];
}

/** Freezes the intent of a deployment; where it goes is in the clusters. */
export function deploymentSnapshot(
  spec: FederatedDeploymentSpec,
  { discoverySelectors }: Pick<MeshSpec, 'discoverySelectors'>,
  clusters: readonly PlacedCluster[],
): DeploymentSnapshot {
  const { mesh, template, overrides } = spec;
  const discovered = discoverySelectors.length === 0 ? {} : { discoverySelectors };
  return { meshName: mesh, template, overrides, ...discovered, clusters: sortedByName(clusters) };
}
