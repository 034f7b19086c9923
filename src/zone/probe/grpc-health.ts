import { Client, credentials, type ServiceError, status as grpcStatus } from '@grpc/grpc-js';
import type { ProbeOutcome } from './health-state';
import { hostAndPort, type Probe } from './probe-target';

const CHECK = '/grpc.health.v1.Health/Check';

/** HealthCheckResponse.ServingStatus of grpc.health.v1. */
const SERVING = 1;
const STATUS_NAMES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** The gRPC health checking protocol, without TLS: alive is who answers SERVING for the service that the path names. */
export const probeByGrpc: Probe = (target, timeoutMs, signal) =>
  new Promise((resolve) => {
    const where = hostAndPort(target);
    const service = (target.path ?? '').replace(/^\//, '');
    const client = new Client(where, credentials.createInsecure(), {
      'grpc.enable_http_proxy': 0,
      'grpc.use_local_subchannel_pool': 1,
      ...(target.serverName === undefined ? {} : { 'grpc.default_authority': target.serverName }),
    });
    const end = (outcome: ProbeOutcome): void => {
      signal.removeEventListener('abort', abort);
      client.close();
      resolve(outcome);
    };
    const deadline = new Date(Date.now() + timeoutMs);
    const call = client.makeUnaryRequest(CHECK, encodeRequest, decodeStatus, service, { deadline }, (error, status) =>
      end(error === null ? judge(where, status) : failed(where, error)),
    );
    const abort = (): void => call.cancel();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });

/** HealthCheckRequest: `string service = 1`. */
function encodeRequest(service: string): Buffer {
  const text = Buffer.from(service);
  if (text.length === 0) return text;
  // A service's name is shorter than 128 bytes, so its length is one byte.
  return Buffer.concat([Buffer.from([0x0a, Math.min(text.length, 127)]), text.subarray(0, 127)]);
}

/** HealthCheckResponse: `ServingStatus status = 1`; 0 is not written on the wire. */
function decodeStatus(bytes: Buffer): number {
  return bytes[0] === 0x08 ? (bytes[1] ?? 0) : 0;
}

function judge(where: string, status: number | undefined): ProbeOutcome {
  if (status === SERVING) return { ok: true };
  return { ok: false, message: `gRPC health of ${where} is ${STATUS_NAMES[status ?? 0] ?? String(status)}` };
}

function failed(where: string, { code, details }: ServiceError): ProbeOutcome {
  return { ok: false, message: `gRPC health of ${where}: ${grpcStatus[code]} ${details}` };
}
