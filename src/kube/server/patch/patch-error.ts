import { FlotillaError } from '../../../kernel';

/** How the API server answers a patch that it cannot carry out (metav1.StatusReason). */
export type PatchErrorReason = 'BadRequest' | 'Invalid' | 'RequestEntityTooLarge' | 'InternalError';

/** A patch that is malformed (`BadRequest`), does not fit the object (`Invalid`, HTTP 422), or is too large. */
export class PatchError extends FlotillaError {
  readonly reason: PatchErrorReason;

  constructor(message: string, reason: PatchErrorReason, code: string, hint: string) {
    super(message, { code, retry: 'after-change', hint });
    this.name = 'PatchError';
    this.reason = reason;
  }
}

/** What Go's JSON decoder says of a value of the wrong type. */
export function undecodable(value: unknown, goType: string): string {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `error decoding patch: json: cannot unmarshal ${kind} into Go value of type ${goType}`;
}

/** The patch is not of its format. */
export function malformedPatch(message: string): PatchError {
  return new PatchError(message, 'BadRequest', 'FLO2310', 'send a patch in the format that the Content-Type names');
}

/** The patch is well formed and does not fit the object as it is. */
export function unfitPatch(message: string): PatchError {
  return new PatchError(
    message,
    'Invalid',
    'FLO2311',
    'read the object again and make the patch against what it is now',
  );
}
