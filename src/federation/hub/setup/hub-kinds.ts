import { accessPointKind } from '../../../accesspoint';
import type { KindDefinition } from '../../../kube/schema';
import { nameServiceKind } from '../../../nameservice';
import {
  addressPoolKind,
  bundleKind,
  federatedDeploymentKind,
  memberClusterKind,
  meshKind,
  placementPolicyKind,
  revisionKind,
  rolloutApprovalKind,
  rolloutKind,
  rolloutPolicyKind,
} from '../../api';

/** Every kind that the hub's API server serves. */
export const hubKinds: readonly KindDefinition[] = [
  meshKind,
  memberClusterKind,
  accessPointKind,
  nameServiceKind,
  placementPolicyKind,
  rolloutPolicyKind,
  federatedDeploymentKind,
  addressPoolKind,
  revisionKind,
  rolloutKind,
  rolloutApprovalKind,
];

/** Every kind that a gateway cluster needs. */
export const zoneKinds: readonly KindDefinition[] = [bundleKind, meshKind, memberClusterKind];
