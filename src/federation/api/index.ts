export { bundleKind, type Bundle, type BundleSpec, type BundleStatus, type Manifest } from './bundle';
export { conditions } from './conditions';
export {
  annotations,
  FEDERATION_API_VERSION,
  FEDERATION_GROUP,
  FEDERATION_VERSION,
  FIELD_MANAGER,
  labels,
  SYSTEM_NAMESPACE,
} from './group';
export {
  memberClusterKind,
  type MemberCluster,
  type MemberClusterFacts,
  type MemberClusterSpec,
} from './member-cluster';
export { gatewayNamespaceOf, type LabelSelector, meshKind, type Mesh, type MeshSpec } from './mesh';
export { revisionKind, type Revision, type RevisionSpec } from './revision';
export {
  rolloutKind,
  type Rollout,
  type RolloutClusterProgress,
  type RolloutSpec,
  type RolloutStatus,
} from './rollout';
