import { namespaceManifest, overrideManifest, type PlacedCluster } from '../../accesspoint';
import { annotations, labels, type Manifest } from '../api';
import { bundleName } from '../release';
import type { DeploymentSnapshot } from './deployment-snapshot';

/** What the objects of one deployment in one cluster are made from. */
export interface DeploymentRenderInput {
  readonly owner: { readonly namespace: string; readonly name: string };
  readonly snapshot: DeploymentSnapshot;
  readonly cluster: PlacedCluster;
  readonly revision: string;
}

/** What one cluster gets, and the overrides that do not apply. */
export interface DeploymentRendering {
  readonly manifests: readonly Manifest[];
  readonly findings: readonly [];
  readonly failures: readonly { readonly index: number; readonly message: string }[];
}

/** The Deployment of one cluster, with its overrides applied in their order, and the Namespace that it lives in. */
export function renderDeployment({ owner, snapshot, cluster, revision }: DeploymentRenderInput): DeploymentRendering {
  const failures: { index: number; message: string }[] = [];
  let manifest = baseDeployment({ owner, snapshot, cluster, revision });
  for (const index of cluster.overrides ?? []) {
    const override = snapshot.overrides[index];
    if (override === undefined) continue;
    const outcome = overrideManifest(override, manifest);
    if ('reason' in outcome) failures.push({ index, message: outcome.message });
    else manifest = outcome.manifest;
  }
  const namespace = namespaceManifest(owner.namespace, cluster.name, snapshot.discoverySelectors);
  return { manifests: [namespace, manifest], findings: [], failures };
}

function baseDeployment({ owner, snapshot, cluster, revision }: DeploymentRenderInput): Manifest {
  const { metadata, spec } = snapshot.template;
  const reference = { kind: 'FederatedDeployment' as const, ...owner };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: owner.name,
      namespace: owner.namespace,
      labels: {
        ...metadata?.labels,
        [labels.managedBy]: 'flotilla',
        [labels.bundle]: bundleName(reference, cluster.name),
      },
      annotations: {
        ...metadata?.annotations,
        [annotations.cluster]: cluster.name,
        [annotations.owner]: `FederatedDeployment/${owner.namespace}/${owner.name}`,
        [annotations.revision]: revision,
      },
    },
    spec,
  };
}
