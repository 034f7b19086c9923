export {
  authorizeByIdentity,
  type CallerCredentials,
  type CallerIdentity,
  credentialsOf,
  type IdentifyCaller,
} from './authorize-proxy';
export { type GrpcCall, GrpcCode, type GrpcMethod, type GrpcStatus } from './grpc';
export { PilotModule } from './pilot.module';
export {
  PILOT_SERVER,
  type PilotListeners,
  type PilotPorts,
  PilotServer,
  type PilotServerOptions,
  type TlsListener,
} from './pilot-server';
export type { RemoteClusterState, SourceState } from './sources';
export { translators } from './translators';
export type { DiscoveryFault, DiscoveryTypeName, ProxyStatus, ResourceStatus, SyncState, TypeStatus } from './xds';
