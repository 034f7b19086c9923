import { istioKinds } from '../../istio';
import { coreKinds, type KubeObject, type ResourceKind } from '../../kube/schema';
import { stripAnnotations, stripNode, stripPod, stripSecret } from './strip-object';

/** Which namespaces of a cluster a kind is read from: those that discovery selects, the gateways' own, or none (cluster-scoped). */
export type Reach = 'selected' | 'gateways' | 'cluster';

/** A kind that discovery follows. */
export interface FollowedKind {
  readonly kind: ResourceKind;
  readonly reach: Reach;
  readonly strip: (object: KubeObject) => KubeObject;
}

const endpointKinds: readonly FollowedKind[] = [
  { kind: coreKinds.service, reach: 'selected', strip: stripAnnotations },
  { kind: coreKinds.endpointSlice, reach: 'selected', strip: stripAnnotations },
  { kind: coreKinds.pod, reach: 'selected', strip: stripPod },
  { kind: coreKinds.node, reach: 'cluster', strip: stripNode },
];

/** What is read from a workload cluster of the zone: where things run. */
export const workloadClusterKinds: readonly FollowedKind[] = endpointKinds;

/** What is read from the primary's own cluster: the same, Istio's objects, and the gateways' certificates. */
export const primaryKinds: readonly FollowedKind[] = [
  ...istioKinds.map((kind): FollowedKind => ({ kind, reach: 'selected', strip: stripAnnotations })),
  ...endpointKinds,
  { kind: coreKinds.secret, reach: 'gateways', strip: stripSecret },
];
