import type { KindDefinition } from '../kube/schema';
import { destinationRuleKind } from './networking/destination-rule';
import { gatewayKind } from './networking/gateway';
import { serviceEntryKind } from './networking/service-entry';
import { sidecarKind } from './networking/sidecar';
import { virtualServiceKind } from './networking/virtual-service';
import { workloadEntryKind } from './networking/workload-entry';
import { workloadGroupKind } from './networking/workload-group';
import { authorizationPolicyKind } from './security/authorization-policy';
import { peerAuthenticationKind } from './security/peer-authentication';
import { requestAuthenticationKind } from './security/request-authentication';
import { telemetryKind } from './telemetry';

/** Every Istio kind that Flotilla knows; the embedded API server makes its CRDs from these. */
export const istioKinds = [
  gatewayKind,
  virtualServiceKind,
  destinationRuleKind,
  serviceEntryKind,
  workloadEntryKind,
  workloadGroupKind,
  sidecarKind,
  peerAuthenticationKind,
  requestAuthenticationKind,
  authorizationPolicyKind,
  telemetryKind,
] as const satisfies readonly KindDefinition[];
