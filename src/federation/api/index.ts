export { bundleKind, type Bundle, type BundleSpec, type BundleStatus, type Manifest } from './bundle';
export { conditions } from './conditions';
export { declaredRates, type DeclaredRates, type RequestRates } from './declared-rates';
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
export { labelSelector, type LabelSelector, labelsSatisfying, matchesSelector } from './label-selector';
export { gatewayNamespaceOf, meshKind, type Mesh, type MeshSpec } from './mesh';
export { revisionKind, type Revision, type RevisionSpec } from './revision';
export {
  rolloutKind,
  type Rollout,
  type RolloutClusterProgress,
  type RolloutStageProgress,
  type RolloutSpec,
  type RolloutStatus,
} from './rollout';
export {
  rolloutPolicyKind,
  type RolloutPolicy,
  type RolloutStage,
  type RolloutStrategy,
  rolloutStrategy,
  type RolloutTask,
} from './rollout-policy';
export {
  federatedDeploymentKind,
  type FederatedDeployment,
  type FederatedDeploymentSpec,
  type FederatedDeploymentStatus,
} from './federated-deployment';
export {
  MAX_CHOSEN_CLUSTERS,
  placementPolicyKind,
  type PlacementPolicy,
  placementRules,
  type PlacementRules,
  type Toleration,
} from './placement-policy';
export { type AddressAllocation, type AddressPool, addressPoolKind, type AddressPoolSpec } from './address-pool';
export { rolloutApprovalKind, type RolloutApproval, type RolloutApprovalSpec } from './rollout-approval';
