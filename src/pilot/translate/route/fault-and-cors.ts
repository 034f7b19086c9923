import type { CorsPolicy, HttpFault, HttpRoute } from '../../../istio';
import { parseDurationMs } from '../../../istio';
import { anyOf, type envoy, type Route } from '../../proto';
import { durationOf } from '../proto-duration';
import { stringMatcher } from './string-match';

type FractionalPercent = envoy.type.v3.FractionalPercent;

/** gRPC status codes by name (https://grpc.io/docs/guides/status-codes/). */
const GRPC_STATUS: readonly string[] = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** A percentage as exactly as Envoy can say it. */
export function fractionOf(percent: number): FractionalPercent {
  return { numerator: Math.floor(percent * 10000 + 1e-9), denominator: 'MILLION' };
}

/** Settings of HTTP filters that belong to one route: faults and CORS. */
export function perFilterConfig({ fault, corsPolicy }: HttpRoute): Route['typedPerFilterConfig'] {
  if (!fault && !corsPolicy) return undefined;
  return {
    ...(fault ? { 'envoy.filters.http.fault': httpFault(fault) } : {}),
    ...(corsPolicy ? { 'envoy.filters.http.cors': cors(corsPolicy) } : {}),
  };
}

function httpFault({ delay, abort }: HttpFault): ReturnType<typeof anyOf> {
  return anyOf('envoy.extensions.filters.http.fault.v3.HTTPFault', {
    delay: delay && {
      fixedDelay: durationOf(delay.fixedDelay),
      percentage: delay.percentage ? fractionOf(delay.percentage.value ?? 0) : { numerator: delay.percent },
    },
    abort: abort && {
      httpStatus: abort.httpStatus || undefined,
      grpcStatus: abort.grpcStatus ? grpcStatus(abort.grpcStatus) : undefined,
      percentage: abort.percentage && fractionOf(abort.percentage.value ?? 0),
    },
  });
}

function grpcStatus(name: string): number | undefined {
  const code = GRPC_STATUS.indexOf(name);
  return code < 0 ? undefined : code;
}

function cors(policy: CorsPolicy): ReturnType<typeof anyOf> {
  const origins = policy.allowOrigins ?? policy.allowOrigin?.map((exact) => ({ exact })) ?? [];
  return anyOf('envoy.extensions.filters.http.cors.v3.CorsPolicy', {
    allowOriginStringMatch: origins.map((origin) => stringMatcher(origin) ?? { prefix: '' }),
    allowMethods: joined(policy.allowMethods),
    allowHeaders: joined(policy.allowHeaders),
    exposeHeaders: joined(policy.exposeHeaders),
    maxAge: policy.maxAge === undefined ? undefined : String(Math.floor(parseDurationMs(policy.maxAge) / 1000)),
    allowCredentials: policy.allowCredentials,
    filterEnabled: { defaultValue: { numerator: 100 } },
    forwardNotMatchingPreflights: policy.unmatchedPreflights !== 'IGNORE',
  });
}

function joined(names: readonly string[] | undefined): string | undefined {
  return names?.length ? names.join(',') : undefined;
}
