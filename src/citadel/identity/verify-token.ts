import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';

/** A public key of a token issuer (RFC 7517), with the id that tokens name it by. */
export interface IssuerKey extends JsonWebKey {
  readonly kid?: string;
}

/** What a token is checked against. */
export interface TokenExpectation {
  readonly keys: readonly IssuerKey[];
  readonly issuer: string;
  readonly audience: string;
  readonly nowMs: number;
}

/** Whose token it is, or why it does not count. `UnknownKey` may pass once the issuer's keys are read anew. */
export type TokenVerdict =
  | { readonly kind: 'valid'; readonly subject: string }
  | { readonly kind: 'refused'; readonly reason: 'UnknownKey' | 'Refused'; readonly message: string };

interface Header {
  readonly alg?: unknown;
  readonly kid?: unknown;
}

interface Claims {
  readonly iss?: unknown;
  readonly sub?: unknown;
  readonly aud?: unknown;
  readonly exp?: unknown;
  readonly nbf?: unknown;
}

interface Algorithm {
  readonly hash: string;
  readonly keyType: 'RSA' | 'EC';
}

/** What Kubernetes signs service account tokens with. `none` and symmetric algorithms are no proof of anything. */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RS256: { hash: 'sha256', keyType: 'RSA' },
  RS384: { hash: 'sha384', keyType: 'RSA' },
  RS512: { hash: 'sha512', keyType: 'RSA' },
  ES256: { hash: 'sha256', keyType: 'EC' },
  ES384: { hash: 'sha384', keyType: 'EC' },
};

const CLOCK_SKEW_MS = 10_000;
const LONGEST_TOKEN = 16 * 1024;

/** Checks a JSON Web Token (RFC 7519, in the form of RFC 7515 §7.1): signature, issuer, audience and times. */
export function verifyToken(token: string, expected: TokenExpectation): TokenVerdict {
  const parts = token.split('.');
  const [header, claims, signature] = parts;
  if (parts.length !== 3 || header === undefined || claims === undefined || signature === undefined)
    return refused('it is no JSON Web Token');
  if (token.length > LONGEST_TOKEN) return refused('it is too long');
  const { alg, kid } = (parse(header) ?? {}) as Header;
  const algorithm = typeof alg === 'string' ? ALGORITHMS[alg] : undefined;
  if (algorithm === undefined) return refused('its signature algorithm is not accepted');
  const candidates = expected.keys.filter(
    (key) => key.kty === algorithm.keyType && (kid === undefined || key.kid === kid),
  );
  if (candidates.length === 0) return { kind: 'refused', reason: 'UnknownKey', message: 'the issuer has no such key' };
  const signed = Buffer.from(`${header}.${claims}`);
  const bytes = Buffer.from(signature, 'base64url');
  if (!candidates.some((key) => isSignedBy(key, algorithm, signed, bytes))) return refused('its signature is wrong');
  return judgeClaims(parse(claims) ?? {}, expected);
}

function judgeClaims({ iss, sub, aud, exp, nbf }: Claims, expected: TokenExpectation): TokenVerdict {
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (iss !== expected.issuer) return refused(`its issuer is not ${expected.issuer}`);
  if (!audiences.includes(expected.audience)) return refused(`it is not meant for the audience ${expected.audience}`);
  if (typeof exp !== 'number' || exp * 1000 <= expected.nowMs - CLOCK_SKEW_MS) return refused('it has expired');
  if (typeof nbf === 'number' && nbf * 1000 > expected.nowMs + CLOCK_SKEW_MS) return refused('it is not valid yet');
  return typeof sub === 'string' ? { kind: 'valid', subject: sub } : refused('it names nobody');
}

function isSignedBy(key: IssuerKey, { hash, keyType }: Algorithm, signed: Buffer, signature: Buffer): boolean {
  const publicKey = createPublicKey({ key, format: 'jwk' });
  // RFC 7518 §3.4: an ECDSA signature is the two numbers side by side, not DER.
  if (keyType === 'EC') return verify(hash, signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
  return verify(hash, signed, publicKey, signature);
}

function parse(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined; // judged as an empty object, which nothing is accepted from
  }
}

function refused(message: string): TokenVerdict {
  return { kind: 'refused', reason: 'Refused', message };
}
