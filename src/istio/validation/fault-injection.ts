import type { Faults, Field } from '../findings';
import { deprecatedFaults, durationFaults, oneOfFaults, percentFaults } from './basics';

/** Status codes of gRPC (https://grpc.github.io/grpc/core/md_doc_statuscodes.html). */
const GRPC_STATUSES: readonly string[] = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'],
  ...['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED'],
  ...['INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'],
];

/** Istio's HTTPFaultInjection. */
export function* faultInjectionFaults(fault: Field): Faults {
  if (!fault.given) return;
  const [abort, delay] = [fault.at('abort'), fault.at('delay')];
  if (!abort.given && !delay.given)
    yield { code: 'FLO8049', path: fault.path, message: 'fault has neither abort nor delay' };
  yield* abortFaults(abort);
  if (!delay.given) return;
  yield* percentFaults(delay.at('percentage'));
  yield* deprecatedFaults(delay.at('percent'), 'percentage');
  yield* oneOfFaults(delay, ['fixedDelay', 'exponentialDelay']);
  yield* durationFaults(delay.at('fixedDelay'));
  const exponential = delay.at('exponentialDelay');
  if (exponential.given)
    yield {
      code: 'FLO8049',
      path: exponential.path,
      message: 'no proxy has exponential delays',
      hint: 'use fixedDelay',
    };
}

function* abortFaults(abort: Field): Faults {
  if (!abort.given) return;
  yield* percentFaults(abort.at('percentage'));
  yield* oneOfFaults(abort, ['httpStatus', 'grpcStatus', 'http2Error']);
  const [http, grpc, http2] = [abort.at('httpStatus'), abort.at('grpcStatus'), abort.at('http2Error')];
  yield* httpStatusFaults(http, 'FLO8049');
  if (grpc.text !== undefined && !GRPC_STATUSES.includes(grpc.text))
    yield {
      code: 'FLO8049',
      path: grpc.path,
      message: `"${grpc.text}" is no gRPC status`,
      hint: 'write for example UNAVAILABLE',
    };
  if (http2.given) yield { code: 'FLO8049', path: http2.path, message: 'no proxy has HTTP/2 errors as faults' };
  if (!http.given && !grpc.given && !http2.given)
    yield { code: 'FLO8064', path: abort.path, message: 'an abort without a status does nothing' };
}

/** A status that a proxy can answer with. */
export function* httpStatusFaults({ number, path }: Field, code: string): Faults {
  if (number !== undefined && (number < 200 || number > 599))
    yield { code, path, message: `${number} is no status of an HTTP answer (200 to 599)` };
}
