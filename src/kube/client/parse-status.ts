import type { ApiFailure, RequestSubject, StatusCause } from './kube-api-error';

/** The parts of an HTTP answer that matter when it is a failure. */
export interface FailedAnswer {
  readonly statusCode: number;
  /** Value of the Retry-After header, if any. */
  readonly retryAfter?: string;
  readonly text: string;
}

/** Reads a failed answer: a metav1.Status when the API server wrote it, or whatever a proxy in between sent. */
export function parseFailure(subject: RequestSubject, { statusCode, retryAfter, text }: FailedAnswer): ApiFailure {
  const status = parseJsonObject(text);
  const details = asRecord(status?.details);
  const seconds =
    retryAfter ?? (typeof details?.retryAfterSeconds === 'number' ? details.retryAfterSeconds : undefined);
  const retryAfterMs = seconds === undefined ? undefined : Number(seconds) * 1000;
  const causes = parseCauses(details?.causes);
  const message = typeof status?.message === 'string' && status.message !== '' ? status.message : excerpt(text);
  return {
    subject,
    statusCode,
    reason: typeof status?.reason === 'string' && status.reason !== '' ? status.reason : defaultReason(statusCode),
    message: message === '' ? `the server answered ${statusCode}` : message,
    causes,
    ...(retryAfterMs !== undefined && Number.isFinite(retryAfterMs) ? { retryAfterMs } : {}),
  };
}

/** The failure in a watch's ERROR event, whose object is a Status with its own code. */
export function parseStatusObject(subject: RequestSubject, status: unknown): ApiFailure {
  const code = asRecord(status)?.code;
  return parseFailure(subject, { statusCode: typeof code === 'number' ? code : 500, text: JSON.stringify(status) });
}

function parseCauses(causes: unknown): readonly StatusCause[] {
  if (!Array.isArray(causes)) return [];
  return causes.map(asRecord).map((cause) => ({
    reason: textOf(cause?.reason),
    message: textOf(cause?.message),
    field: textOf(cause?.field),
  }));
}

function defaultReason(statusCode: number): string {
  const reasons: Record<number, string> = {
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    409: 'Conflict',
    410: 'Gone',
    422: 'Invalid',
    429: 'TooManyRequests',
    503: 'ServiceUnavailable',
  };
  return reasons[statusCode] ?? (statusCode >= 500 ? 'InternalError' : 'BadRequest');
}

function parseJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return undefined; // a proxy's HTML or plain text: the excerpt goes into the message instead
  }
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function excerpt(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 200);
}
