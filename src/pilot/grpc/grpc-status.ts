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

/** The trailers of a status. */
export function statusTrailers({ code, message }: GrpcStatus): Record<string, string> {
  return { 'grpc-status': String(code), ...(message === '' ? {} : { 'grpc-message': percentEncode(message) }) };
}

/** The gRPC wire format's own percent-encoding: printable ASCII but the percent sign stays as it is. */
function percentEncode(message: string): string {
  const isPlain = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
  const encode = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return [...Buffer.from(message, 'utf8')]
    .map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : encode(byte)))
    .join('');
}
