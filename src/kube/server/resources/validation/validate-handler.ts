import { type FieldError, invalid, required } from '../../schema';
import { exactlyOne, negative } from './field-rules';
import { portOrNameErrors } from './network-values';

/** What a probe or a lifecycle hook does: one of these. */
export interface Handlers {
  readonly httpGet?: { readonly port?: number | string };
  readonly tcpSocket?: { readonly port?: number | string };
  readonly grpc?: { readonly port?: number };
  readonly exec?: { readonly command?: readonly string[] };
  readonly sleep?: object;
}

/** A probe of a container. */
export interface Probe extends Handlers {
  readonly initialDelaySeconds?: number;
  readonly timeoutSeconds?: number;
  readonly periodSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];
const COUNTS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

/** Exactly one thing to do, at a port that is one. */
export function handlerErrors(handlers: Handlers, field: string): readonly FieldError[] {
  const missing = required(field, 'must specify a handler type');
  const { httpGet, tcpSocket, grpc, exec } = handlers;
  return [
    ...exactlyOne(handlers, { field, names: HANDLERS, missing, several: 'may not specify more than 1 handler type' }),
    ...(httpGet === undefined ? [] : portOrNameErrors(httpGet.port, `${field}.httpGet.port`)),
    ...(tcpSocket === undefined ? [] : portOrNameErrors(tcpSocket.port, `${field}.tcpSocket.port`)),
    ...(grpc === undefined ? [] : portOrNameErrors(grpc.port, `${field}.grpc.port`)),
    ...(exec !== undefined && (exec.command ?? []).length === 0 ? [required(`${field}.exec.command`)] : []),
  ];
}

/** A probe; liveness and startup are decided by one success. */
export function probeErrors(probe: Probe | undefined, field: string, once: boolean): readonly FieldError[] {
  if (probe === undefined) return [];
  const { successThreshold = 1 } = probe;
  return [
    ...handlerErrors(probe, field),
    ...COUNTS.flatMap((count) => negative(probe[count], `${field}.${count}`)),
    ...(once && successThreshold !== 1 ? [invalid(`${field}.successThreshold`, successThreshold, 'must be 1')] : []),
  ];
}
