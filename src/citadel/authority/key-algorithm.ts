import type { KeyObject } from 'node:crypto';
import { FlotillaError } from '../../kernel';

/** Keys that Flotilla makes and signs with; the values of Mesh `spec.ca.algorithm`. */
export type KeyAlgorithm = 'EcdsaP256' | 'EcdsaP384' | 'Rsa2048' | 'Rsa4096';

/** How WebCrypto names a key of this kind, for import and for signing. */
export interface WebCryptoAlgorithm {
  readonly name: 'ECDSA' | 'RSASSA-PKCS1-v1_5';
  readonly hash: 'SHA-256' | 'SHA-384';
  readonly namedCurve?: 'P-256' | 'P-384';
}

const P256: WebCryptoAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const P384: WebCryptoAlgorithm = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' };
const RSA: WebCryptoAlgorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/** Smallest RSA modulus that is signed or used, in bits (CA/Browser Forum baseline). */
const LEAST_RSA_BITS = 2048;

/**
 * The algorithm of a key that was read from somewhere.
 * @throws FlotillaError FLO5201 for anything but ECDSA on P-256 or P-384 and RSA of at least 2048 bits
 */
export function webCryptoAlgorithmOf(key: KeyObject): WebCryptoAlgorithm {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (namedCurve === 'prime256v1') return P256;
  if (namedCurve === 'secp384r1') return P384;
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= LEAST_RSA_BITS) return RSA;
  const found = [key.asymmetricKeyType, namedCurve, modulusLength || undefined].filter(Boolean).join(' ');
  throw new FlotillaError(`cannot use a key of type ${found} for certificates`, {
    code: 'FLO5201',
    retry: 'after-change',
    hint: 'use ECDSA on P-256 or P-384, or RSA of at least 2048 bits',
  });
}
