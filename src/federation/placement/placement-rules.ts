import type { AccessPointSpec } from '../../accesspoint';
import { type FederatedDeployment, type PlacementPolicy, placementRules, type PlacementRules } from '../api';

/** Where a workload of another system runs, as its own object says. */
export interface WorkloadClusters {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly clusters: readonly string[];
}

/** The hub objects that a placement may refer to. */
export interface PlacementSources {
  readonly policies: readonly PlacementPolicy[];
  readonly deployments: readonly FederatedDeployment[];
  /** Karmada ResourceBindings and OCM PlacementDecisions. */
  readonly workloads: readonly WorkloadClusters[];
}

/** Rules to choose by, or what is missing to know them. */
export type ResolvedRules =
  | { readonly rules: PlacementRules; readonly owner: string; readonly problem?: undefined }
  | { readonly problem: { readonly path: string; readonly message: string; readonly hint: string } };

/** The rules behind `spec.placement`. One that follows a workload goes where that workload is. */
export function rulesOf(
  namespace: string,
  name: string,
  { placement }: Pick<AccessPointSpec, 'placement'>,
  sources: PlacementSources,
): ResolvedRules {
  const owner = `AccessPoint/${namespace}/${name}`;
  const { zones, clusters, clusterSelector, policyRef, workloadRef } = placement;
  if (policyRef !== undefined) return policyRules(policyRef.name, owner, 'spec.placement.policyRef.name', sources);
  if (workloadRef !== undefined) return workloadRules(namespace, workloadRef, sources);
  const given = { zones, clusters, clusterSelector };
  return { rules: placementRules.parse(given), owner };
}

/** The rules of a FederatedDeployment. */
export function deploymentRules(deployment: FederatedDeployment, sources: PlacementSources): ResolvedRules {
  const { namespace = 'default', name } = deployment.metadata;
  const owner = `FederatedDeployment/${namespace}/${name}`;
  const { policyRef, rules = placementRules.parse({}) } = deployment.spec?.placement ?? {};
  if (policyRef === undefined) return { rules, owner };
  return policyRules(policyRef.name, owner, 'spec.placement.policyRef.name', sources);
}

/** The clusters that a deployment goes to, as the hub wrote them down; those that it is being withdrawn from are none. */
export function deploymentClusters({ status }: FederatedDeployment): string[] {
  return (status?.clusters ?? []).filter(({ phase }) => phase !== 'Removing').map(({ cluster }) => cluster);
}

/**
 * The rules of whoever follows a deployment: the clusters that it has. Choosing anew by its rules could differ, because choices stay. Before the
 * deployment was placed for the first time its rules are all there is.
 */
function followedRules(deployment: FederatedDeployment, sources: PlacementSources): ResolvedRules {
  const resolved = deploymentRules(deployment, sources);
  const clusters = deploymentClusters(deployment);
  if (resolved.problem !== undefined || clusters.length === 0) return resolved;
  const { tolerations } = resolved.rules;
  return { owner: resolved.owner, rules: placementRules.parse({ clusters, tolerations }) };
}

function policyRules(name: string, owner: string, path: string, { policies }: PlacementSources): ResolvedRules {
  const policy = policies.find(({ metadata }) => metadata.name === name);
  if (policy?.spec !== undefined) return { rules: policy.spec, owner };
  return { problem: { path, message: `there is no PlacementPolicy "${name}"`, hint: 'create it, or name another' } };
}

function workloadRules(
  namespace: string,
  { kind, name }: NonNullable<AccessPointSpec['placement']['workloadRef']>,
  sources: PlacementSources,
): ResolvedRules {
  if (kind === 'FederatedDeployment') {
    const isIt = ({ metadata }: FederatedDeployment): boolean =>
      metadata.name === name && (metadata.namespace ?? 'default') === namespace;
    const deployment = sources.deployments.find(isIt);
    if (deployment !== undefined) return followedRules(deployment, sources);
  }
  const workload = sources.workloads.find(
    (other) => other.kind === kind && other.name === name && other.namespace === namespace,
  );
  if (workload !== undefined) {
    return { rules: placementRules.parse({ clusters: [...workload.clusters] }), owner: `${kind}/${namespace}/${name}` };
  }
  const message = `there is no ${kind} "${name}" in namespace "${namespace}"`;
  const hint = 'name a FederatedDeployment, a Karmada ResourceBinding or an OCM PlacementDecision of this namespace';
  return { problem: { path: 'spec.placement.workloadRef', message, hint } };
}
