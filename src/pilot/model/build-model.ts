import type { AuthorizationPolicy, RequestAuthentication, Secret } from '../../istio';
import type { Finding } from '../../kernel';
import type { KubeObject } from '../../kube/schema';
import { type DestinationRuleIndex, indexDestinationRules } from './destination-rule-index';
import { findFailoverOrder } from './failover-order';
import { type GatewayIndex, indexGateways } from './gateway-index';
import { buildServices } from './build-services';
import { type ClusterObject, sortIntoBuckets } from './kind-buckets';
import { DEFAULT_MESH_SETTINGS, type MeshSettings } from './mesh-settings';
import { indexPeerAuthentications, type PeerAuthenticationIndex } from './peer-authentication-index';
import { indexServices, type ServiceIndex } from './service-index';
import { indexSidecars, type SidecarIndex } from './sidecar-index';
import { indexWorkloadPolicies, type WorkloadPolicyIndex } from './workload-policy-index';
import { indexVirtualServices, type VirtualServiceIndex } from './virtual-service-index';
import { buildWorkloadTables, type WorkloadTables } from './workload-tables';

/** What a model is built from: settings of the mesh, and every object that discovery holds. */
export interface ModelInput {
  readonly mesh: Partial<MeshSettings>;
  readonly objects: readonly ClusterObject[];
}

/** All that translation reads: immutable, with an index for every question that is asked often. */
export interface MeshModel {
  readonly mesh: MeshSettings;
  readonly services: ServiceIndex;
  readonly gateways: GatewayIndex;
  readonly virtualServices: VirtualServiceIndex;
  readonly destinationRules: DestinationRuleIndex;
  readonly sidecars: SidecarIndex;
  readonly peerAuthentications: PeerAuthenticationIndex;
  readonly authorizationPolicies: WorkloadPolicyIndex<AuthorizationPolicy>;
  readonly requestAuthentications: WorkloadPolicyIndex<RequestAuthentication>;
  /** Secrets by `namespace/name`, of the first cluster that has them. */
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly workloads: WorkloadTables;
  /** Objects that do not fit their schema; they are left out of everything above. */
  readonly findings: readonly Finding[];
  /** Kinds of the input that discovery does not read, as `apiVersion/kind`. */
  readonly unknownKinds: readonly string[];
}

/** Reads all objects and builds the model. Objects that cannot be read become findings; the rest serves. */
export function buildModel({ mesh, objects }: ModelInput): MeshModel {
  const settings: MeshSettings = { ...DEFAULT_MESH_SETTINGS, ...mesh };
  const { buckets, findings, unknownKinds } = sortIntoBuckets(objects);
  const workloads = buildWorkloadTables(buckets, settings);
  return {
    mesh: settings,
    services: indexServices(buildServices(buckets, workloads, settings)),
    gateways: indexGateways(objectsOf(buckets.Gateway)),
    virtualServices: indexVirtualServices(objectsOf(buckets.VirtualService), settings),
    destinationRules: indexDestinationRules(objectsOf(buckets.DestinationRule), settings),
    sidecars: indexSidecars(objectsOf(buckets.Sidecar), settings),
    peerAuthentications: indexPeerAuthentications(objectsOf(buckets.PeerAuthentication), settings),
    authorizationPolicies: indexWorkloadPolicies(objectsOf(buckets.AuthorizationPolicy), settings),
    requestAuthentications: indexWorkloadPolicies(objectsOf(buckets.RequestAuthentication), settings),
    secrets: firstByName(buckets.Secret),
    workloads,
    findings: [...findings, ...objectsOf(buckets.DestinationRule).flatMap(findFailoverOrder)],
    unknownKinds: [...unknownKinds],
  };
}

function objectsOf<T>(bucket: readonly { readonly object: T }[]): readonly T[] {
  return bucket.map(({ object }) => object);
}

function firstByName<T extends KubeObject>(bucket: readonly { readonly object: T }[]): ReadonlyMap<string, T> {
  const byName = new Map<string, T>();
  for (const { object } of bucket) {
    const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    if (!byName.has(key)) byName.set(key, object);
  }
  return byName;
}
