import type { KubeObject, ResourceKind } from '../../../kube/schema';

/** A kind of another system, as little of it as is looked at. */
export interface WorkloadKind extends ResourceKind {
  readonly singular: string;
}

/** Where a workload of OCM runs. */
export const placementDecision: WorkloadKind = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1beta1',
  kind: 'PlacementDecision',
  plural: 'placementdecisions',
  singular: 'placementdecision',
  namespaced: true,
};

/** Where a workload of Karmada runs. */
export const resourceBinding: WorkloadKind = {
  group: 'work.karmada.io',
  version: 'v1alpha2',
  kind: 'ResourceBinding',
  plural: 'resourcebindings',
  singular: 'resourcebinding',
  namespaced: true,
};

/** The definition that serves such a kind. */
export function definitionOf({ group, version: name, kind, plural, singular }: WorkloadKind): KubeObject {
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const versions = [{ name, served: true, storage: true, schema: { openAPIV3Schema }, subresources: { status: {} } }];
  const spec = { group, scope: 'Namespaced', names: { kind, plural, singular }, versions };
  const metadata = { name: `${plural}.${group}` };
  return { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata, spec };
}
