export { GrpcCall, type GrpcCallListener, type GrpcPeer } from './grpc-call';
export {
  type GrpcMethod,
  GrpcServer,
  type GrpcServerOptions,
  type ServerCertificate,
  type StreamHandler,
  type UnaryHandler,
} from './grpc-server';
export { GrpcCode, type GrpcStatus } from './grpc-status';
