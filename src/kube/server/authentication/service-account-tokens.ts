import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  createHash,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivately } from './certificate-authority';

/** The claims of a service account token that this server reads and writes. */
export interface TokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: readonly string[];
  /** Seconds since the epoch. */
  readonly exp: number;
  readonly iat: number;
  readonly nbf: number;
  readonly jti: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly serviceaccount: { readonly name: string; readonly uid: string };
    readonly pod?: { readonly name: string; readonly uid: string };
    readonly secret?: { readonly name: string; readonly uid: string };
    readonly node?: { readonly name: string; readonly uid: string };
  };
}

/** A public key as JWKS publishes it. */
export interface JsonWebKey {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'ES256';
}

const HEADER_TYPE = 'JWT';
const ALGORITHM = 'ES256';

/** Signs and verifies service account tokens with a key of the data folder (`service-account.key`), made on first use. */
export class ServiceAccountTokens {
  private constructor(
    /** `iss` of every token; its discovery document lies at `/.well-known/openid-configuration`. */
    readonly issuer: string,
    private readonly privateKey: KeyObject,
    private readonly publicKey: KeyObject,
    private readonly keyId: string,
  ) {}

  static open(folder: string, issuer: string): ServiceAccountTokens {
    const path = join(folder, 'service-account.key');
    if (!existsSync(path)) {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      writePrivately(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    }
    const privateKey = createPrivateKey(readFileSync(path, 'utf8'));
    const publicKey = createPublicKey(privateKey);
    const keyId = createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64url');
    return new ServiceAccountTokens(issuer, privateKey, publicKey, keyId);
  }

  /** A signed token. */
  sign(claims: Omit<TokenClaims, 'iss' | 'jti'>): string {
    const full: TokenClaims = { iss: this.issuer, jti: randomUUID(), ...claims };
    const body = `${encode({ alg: ALGORITHM, kid: this.keyId, typ: HEADER_TYPE })}.${encode(full)}`;
    const signature = sign('sha256', Buffer.from(body), { key: this.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${body}.${signature.toString('base64url')}`;
  }

  /** The claims of a token of this server that is valid now; undefined for any other. Audiences are the caller's to check. */
  verify(token: string, nowMs: number): TokenClaims | undefined {
    const [header = '', payload = '', signature = '', ...rest] = token.split('.');
    if (rest.length > 0 || signature === '') return undefined;
    const { alg, kid } = decode(header) ?? {};
    if (alg !== ALGORITHM || kid !== this.keyId) return undefined;
    const key = { key: this.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    const signed = verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
    const claims = signed ? (decode(payload) as TokenClaims | undefined) : undefined;
    if (claims?.iss !== this.issuer) return undefined;
    const nowSeconds = nowMs / 1000;
    return claims.exp > nowSeconds && claims.nbf <= nowSeconds + 60 ? claims : undefined;
  }

  /** The keys that verify tokens, at `/openid/v1/jwks`. */
  keys(): { readonly keys: readonly JsonWebKey[] } {
    const { kty = '', crv = '', x = '', y = '' } = this.publicKey.export({ format: 'jwk' });
    return { keys: [{ use: 'sig', kty, kid: this.keyId, crv, alg: ALGORITHM, x, y }] };
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
