import { FlotillaError } from '../../../kernel';

/** Why an apply was refused, as the `reason` of the Status object that answers it. */
export type ApplyErrorReason = 'BadRequest' | 'InternalError';

/** An apply that cannot be carried out; conflicts are a result, not an error. */
export class ApplyError extends FlotillaError {
  readonly reason: ApplyErrorReason;

  constructor(message: string, reason: ApplyErrorReason, code: string, hint: string) {
    super(message, { code, retry: 'after-change', hint });
    this.name = 'ApplyError';
    this.reason = reason;
  }
}
