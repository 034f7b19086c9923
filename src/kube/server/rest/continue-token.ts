import { ApiError, badRequest } from '../api-error';

/** Where the next page of a list starts: after a path, at the revision of the first page. */
export interface ContinueToken {
  readonly revision: number;
  readonly after: string;
}

/** The opaque token that clients send back. */
export function encodeContinue({ revision, after }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: after })).toString('base64url');
}

/** @throws ApiError 400 when it is none of ours */
export function decodeContinue(token: string): ContinueToken {
  try {
    const { v, rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Record<string, unknown>;
    if (v === 'meta.k8s.io/v1' && typeof rv === 'number' && typeof start === 'string')
      return { revision: rv, after: start };
  } catch (cause) {
    throw badRequest('continue key is not valid: it is not a token of this server', cause);
  }
  throw badRequest('continue key is not valid: incorrect encoded version');
}

/** 410 for a page whose first page is no longer remembered. */
export function expiredContinue(): ApiError {
  const message =
    'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.';
  return new ApiError('Expired', message);
}
