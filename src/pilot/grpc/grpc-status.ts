/** Status codes of gRPC that a server gives (https://grpc.io/docs/guides/status-codes). */
export enum GrpcCode {
  Ok = 0,
  Cancelled = 1,
  Unknown = 2,
  InvalidArgument = 3,
  NotFound = 5,
  PermissionDenied = 7,
  ResourceExhausted = 8,
  FailedPrecondition = 9,
  Unimplemented = 12,
  Internal = 13,
  Unavailable = 14,
  Unauthenticated = 16,
}

/** How a call ended. */
export interface GrpcStatus {
  readonly code: GrpcCode;
  readonly message: string;
}

/** The trailers of a status; the message is percent-encoded as the gRPC wire format wants. */
export function statusTrailers({ code, message }: GrpcStatus): Record<string, string> {
  return message === ''
    ? { 'grpc-status': String(code) }
    : { 'grpc-status': String(code), 'grpc-message': encodeURIComponent(message).replaceAll('%20', ' ') };
}
