/** When a failed action may be tried again: never, after a pause, or once its input has changed. */
export type Retry = 'never' | 'backoff' | 'after-change';

/** What an error carries beside its message. */
export interface FlotillaErrorOptions {
  /** Stable code, `FLO` and four digits; each has a row in docs/reference/errors.md. */
  readonly code: string;
  readonly retry?: Retry;
  /** What to do about it, in one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** Every error thrown on purpose: a stable code for machines; for people a message (what, on what, why) and a hint. */
export class FlotillaError extends Error {
  readonly code: string;
  readonly retry: Retry;
  readonly hint: string | undefined;

  constructor(message: string, options: FlotillaErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FlotillaError';
    this.code = options.code;
    this.retry = options.retry ?? 'backoff';
    this.hint = options.hint;
  }
}

/** The one funnel from `unknown` to an error with a code; FLO1000 is what nobody foresaw. */
export function toFlotillaError(cause: unknown): FlotillaError {
  if (cause instanceof FlotillaError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new FlotillaError(message, { code: 'FLO1000', cause });
}
