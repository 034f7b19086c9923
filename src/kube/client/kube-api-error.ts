import { FlotillaError, type FlotillaErrorOptions } from '../../kernel';

/** What a request was about, for messages: `updating Service shop/checkout in cluster east-1`. */
export interface RequestSubject {
  readonly cluster: string;
  readonly verb: string;
  /** Kind or path. */
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** metav1.StatusCause: one field that is wrong, or in conflict. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** One field that another manager owns, as server-side apply reports it. */
export interface FieldConflict {
  /** As Kubernetes writes it: `.spec.replicas`. */
  readonly field: string;
  readonly manager: string;
}

/** Facts of a failed request. */
export interface ApiFailure {
  readonly subject: RequestSubject;
  /** HTTP status; undefined when no answer came. */
  readonly statusCode?: number;
  /** metav1.Status.reason; when no answer came `Unreachable`, `Timeout`, `Silent` (a watch), `Aborted` or `Closed`. */
  readonly reason: string;
  readonly message: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** A request to an API server that did not succeed: refused, in conflict, or without any answer. */
export class KubeApiError extends FlotillaError {
  readonly subject: RequestSubject;
  readonly statusCode: number | undefined;
  readonly reason: string;
  readonly causes: readonly StatusCause[];
  /** How long the server asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(failure: ApiFailure) {
    super(`${describeSubject(failure.subject)} failed: ${failure.message}`, errorOptions(failure));
    this.name = 'KubeApiError';
    this.subject = failure.subject;
    this.statusCode = failure.statusCode;
    this.reason = failure.reason;
    this.causes = failure.causes ?? [];
    this.retryAfterMs = failure.retryAfterMs;
  }

  /** No answer came: the state of the cluster is unknown, not empty. */
  get isUnreachable(): boolean {
    return this.statusCode === undefined && this.code === 'FLO2000';
  }

  get isNotFound(): boolean {
    return this.statusCode === 404;
  }

  /** The object changed meanwhile, exists already, or (server-side apply) others own fields of it. */
  get isConflict(): boolean {
    return this.statusCode === 409;
  }

  /** 410: the resourceVersion or continue token is too old; list again. */
  get isGone(): boolean {
    return this.statusCode === 410;
  }

  get isForbidden(): boolean {
    return this.statusCode === 403;
  }

  /** Who owns what, when a server-side apply was in conflict (reason FieldManagerConflict). */
  get fieldConflicts(): readonly FieldConflict[] {
    return this.causes
      .filter(({ reason }) => reason === 'FieldManagerConflict')
      .map(({ field, message }) => ({ field, manager: /conflict with "([^"]*)"/.exec(message)?.[1] ?? message }));
  }
}

/** `verb Kind namespace/name in cluster C`. */
export function describeSubject({ cluster, verb, kind, namespace, name }: RequestSubject): string {
  const where = [namespace, name].filter((part) => part !== undefined).join('/');
  return [verb, kind, where, 'in cluster', cluster].filter((part) => part !== '').join(' ');
}

type Row = Pick<FlotillaErrorOptions, 'code' | 'retry' | 'hint'>;

const NO_ANSWER: Readonly<Record<string, Row>> = {
  Unreachable: { code: 'FLO2000', retry: 'backoff', hint: 'check the address, the network and the TLS trust' },
  Timeout: { code: 'FLO2000', retry: 'backoff', hint: 'check the load of the API server and the network to it' },
  Silent: { code: 'FLO2000', retry: 'backoff' },
  Aborted: { code: 'FLO2012', retry: 'never' },
  Closed: { code: 'FLO2013', retry: 'never' },
};

const BY_STATUS: Readonly<Record<number, Row>> = {
  401: { code: 'FLO2001', retry: 'backoff', hint: 'renew the token or certificate of this cluster' },
  403: { code: 'FLO2002', retry: 'backoff', hint: 'grant the verb on the kind to this identity (RBAC)' },
  404: { code: 'FLO2003', retry: 'after-change', hint: 'check the name, and that this cluster has the kind' },
  409: { code: 'FLO2004', retry: 'backoff', hint: 'read the object again, or agree who owns the fields' },
  410: { code: 'FLO2006', retry: 'backoff', hint: 'list again from the present' },
  422: { code: 'FLO2007', retry: 'after-change', hint: 'correct the named fields' },
  429: { code: 'FLO2008', retry: 'backoff', hint: 'send less, or raise the limits of the API server' },
};

function errorOptions({ statusCode, reason, cause }: ApiFailure): FlotillaErrorOptions {
  return { ...rowOf(statusCode, reason), cause };
}

function rowOf(statusCode: number | undefined, reason: string): Row {
  if (reason === 'AlreadyExists') return { code: 'FLO2005', retry: 'after-change', hint: 'choose another name' };
  if (reason === 'NotUnderstood')
    return { code: 'FLO2011', retry: 'backoff', hint: 'check that this is an API server' };
  if (statusCode === undefined) return NO_ANSWER[reason] ?? { code: 'FLO2000' };
  const row = BY_STATUS[statusCode];
  if (row !== undefined) return row;
  return statusCode >= 500 ? { code: 'FLO2009', retry: 'backoff' } : { code: 'FLO2010', retry: 'after-change' };
}
