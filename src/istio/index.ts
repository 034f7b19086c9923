export type { EndpointSlice } from './core/endpoint-slice';
export type { Pod } from './core/pod';
export type { Secret } from './core/secret';
export type { Service, ServicePortSpec } from './core/service';
export { DURATION_PATTERN, parseDurationMs } from './duration';
export { istioKinds } from './kinds';
export {
  type ClientTlsSettings,
  type ConnectionPoolSettings,
  type ConsistentHash,
  type DestinationRule,
  type DestinationRuleSpec,
  destinationRuleKind,
  type LoadBalancerSettings,
  type LocalityLoadBalancerSetting,
  type OutlierDetection,
  type Subset,
  type TrafficPolicy,
} from './networking/destination-rule';
export type { StringMatch } from './networking/fields';
export {
  type Gateway,
  gatewayKind,
  type GatewayServer,
  type GatewaySpec,
  type ServerTlsSettings,
} from './networking/gateway';
export { type ServiceEntry, serviceEntryKind, type ServiceEntrySpec } from './networking/service-entry';
export { type Sidecar, sidecarKind, type SidecarSpec } from './networking/sidecar';
export {
  type CorsPolicy,
  type Destination,
  type HeaderOperations,
  type HttpFault,
  type HttpMatch,
  type HttpRedirect,
  type HttpRetry,
  type HttpRoute,
  type HttpRouteDestination,
  type RouteDestination,
  type TcpRoute,
  type TlsRoute,
  type VirtualService,
  virtualServiceKind,
  type VirtualServiceSpec,
} from './networking/virtual-service';
export { type WorkloadEntry, workloadEntryKind, type WorkloadEntrySpec } from './networking/workload-entry';
export { type WorkloadGroup, workloadGroupKind } from './networking/workload-group';
export { type ReadableKind, type ReadableKinds, readObject, type ReadResult } from './read-object';
export {
  type AuthorizationCondition,
  type AuthorizationOperation,
  type AuthorizationPolicy,
  authorizationPolicyKind,
  type AuthorizationRule,
  type AuthorizationSource,
} from './security/authorization-policy';
export {
  type MutualTlsMode,
  type PeerAuthentication,
  peerAuthenticationKind,
  type PeerAuthenticationSpec,
} from './security/peer-authentication';
export { type JwtRule, type RequestAuthentication, requestAuthenticationKind } from './security/request-authentication';
export { type Telemetry, telemetryKind } from './telemetry';
