import { FlotillaError, type Retry } from '../../kernel';

/** One cause inside a Status: which field, which kind of fault. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

/** metav1.StatusDetails. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** metav1.Status, what every refused request is answered with. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, never>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code: number;
}

interface Reason {
  readonly httpCode: number;
  readonly code: string;
  readonly retry: Retry;
}

/** metav1.StatusReason → HTTP status and our own code. */
const REASONS = {
  NotFound: { httpCode: 404, code: 'FLO2200', retry: 'after-change' },
  AlreadyExists: { httpCode: 409, code: 'FLO2201', retry: 'after-change' },
  Conflict: { httpCode: 409, code: 'FLO2202', retry: 'after-change' },
  Invalid: { httpCode: 422, code: 'FLO2203', retry: 'after-change' },
  BadRequest: { httpCode: 400, code: 'FLO2204', retry: 'after-change' },
  Unauthorized: { httpCode: 401, code: 'FLO2205', retry: 'after-change' },
  Forbidden: { httpCode: 403, code: 'FLO2206', retry: 'after-change' },
  MethodNotAllowed: { httpCode: 405, code: 'FLO2207', retry: 'never' },
  NotAcceptable: { httpCode: 406, code: 'FLO2208', retry: 'never' },
  UnsupportedMediaType: { httpCode: 415, code: 'FLO2209', retry: 'never' },
  RequestEntityTooLarge: { httpCode: 413, code: 'FLO2210', retry: 'never' },
  TooManyRequests: { httpCode: 429, code: 'FLO2211', retry: 'backoff' },
  Expired: { httpCode: 410, code: 'FLO2212', retry: 'after-change' },
  Timeout: { httpCode: 504, code: 'FLO2213', retry: 'backoff' },
  InternalError: { httpCode: 500, code: 'FLO2214', retry: 'backoff' },
  ServiceUnavailable: { httpCode: 503, code: 'FLO2215', retry: 'backoff' },
} as const satisfies Record<string, Reason>;

/** The reasons that the server refuses with, as metav1.StatusReason spells them. */
export type StatusReason = keyof typeof REASONS;

/** A refusal that knows its Status object. */
export class ApiError extends FlotillaError {
  readonly httpCode: number;

  constructor(
    readonly reason: StatusReason,
    message: string,
    readonly details?: StatusDetails,
    cause?: unknown,
  ) {
    super(message, { code: REASONS[reason].code, retry: REASONS[reason].retry, cause });
    this.httpCode = REASONS[reason].httpCode;
  }

  /** What goes over the wire. */
  toStatus(): Status {
    const { message, reason, details, httpCode: code } = this;
    const base = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason } as const;
    return details === undefined ? { ...base, code } : { ...base, details, code };
  }
}

/** A Status of success, as a deletion is answered with. */
export function successStatus(details?: StatusDetails, code = 200): Status {
  const base = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } as const;
  return details === undefined ? { ...base, code } : { ...base, details, code };
}

/** What a refusal names: the resource by plural and group. */
export interface NamedResource {
  readonly group: string;
  readonly plural: string;
}

/** `pods`, or `deployments.apps`. */
export function qualified({ group, plural }: NamedResource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function detailsOf(resource: NamedResource, name: string): StatusDetails {
  return { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural };
}

/** 404 for one object. */
export function notFound(resource: NamedResource, name: string): ApiError {
  return new ApiError('NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));
}

/** 404 for a path that nothing serves. */
export function pathNotFound(): ApiError {
  return new ApiError('NotFound', 'the server could not find the requested resource', {});
}

/** 409 for a name that is taken. */
export function alreadyExists(resource: NamedResource, name: string): ApiError {
  return new ApiError('AlreadyExists', `${qualified(resource)} "${name}" already exists`, detailsOf(resource, name));
}

/** 409 for a write that was computed from an older object. */
export function conflict(resource: NamedResource, name: string, why?: string): ApiError {
  const reason = why ?? 'the object has been modified; please apply your changes to the latest version and try again';
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${reason}`;
  return new ApiError('Conflict', message, detailsOf(resource, name));
}

/** 403 for one object or a collection. */
export function forbidden(resource: NamedResource, name: string, why: string): ApiError {
  const object = name === '' ? qualified(resource) : `${qualified(resource)} "${name}"`;
  return new ApiError('Forbidden', `${object} is forbidden: ${why}`, detailsOf(resource, name));
}

/** 400. */
export function badRequest(message: string, cause?: unknown): ApiError {
  return new ApiError('BadRequest', message, undefined, cause);
}

/** 405. */
export function methodNotAllowed(): ApiError {
  return new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}
