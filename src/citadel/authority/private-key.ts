import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import { FlotillaError } from '../../kernel';
import { type KeyAlgorithm, type WebCryptoAlgorithm, webCryptoAlgorithmOf } from './key-algorithm';

const generate = promisify(generateKeyPair);

/** A key pair as WebCrypto holds it, with the algorithm it signs with. */
export interface SigningKey {
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicKey: webcrypto.CryptoKey;
  readonly algorithm: WebCryptoAlgorithm;
}

/** A new private key in PKCS#8 PEM. */
export async function createKey(algorithm: KeyAlgorithm): Promise<string> {
  const { privateKey } = await generateKey(algorithm);
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * Reads a private key in PEM (PKCS#8, or the older SEC1 and PKCS#1 forms).
 * @throws FlotillaError FLO5200 when it cannot be read, FLO5201 when its kind is not supported
 */
export async function importSigningKey(keyPem: string): Promise<SigningKey> {
  const key = parsePrivateKey(keyPem);
  const algorithm = webCryptoAlgorithmOf(key);
  const { subtle } = webcrypto;
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return {
    privateKey: await subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
    publicKey: await subtle.importKey('spki', spki, algorithm, true, ['verify']),
    algorithm,
  };
}

/** The public half of a private key in PEM. @throws FlotillaError FLO5200 */
export function publicKeyOf(keyPem: string): KeyObject {
  return createPublicKey(parsePrivateKey(keyPem));
}

/** Whether a private key belongs to a public key, both given as node sees them. @throws FlotillaError FLO5200 */
export function matchesPublicKey(keyPem: string, publicKey: KeyObject): boolean {
  return publicKeyOf(keyPem).equals(publicKey);
}

function generateKey(algorithm: KeyAlgorithm): Promise<{ privateKey: KeyObject }> {
  switch (algorithm) {
    case 'EcdsaP256':
      return generate('ec', { namedCurve: 'P-256' });
    case 'EcdsaP384':
      return generate('ec', { namedCurve: 'P-384' });
    case 'Rsa2048':
      return generate('rsa', { modulusLength: 2048 });
    case 'Rsa4096':
      return generate('rsa', { modulusLength: 4096 });
  }
}

function parsePrivateKey(keyPem: string): KeyObject {
  try {
    return createPrivateKey(keyPem);
  } catch (cause) {
    throw new FlotillaError(`cannot read a private key: ${cause instanceof Error ? cause.message : String(cause)}`, {
      code: 'FLO5200',
      retry: 'after-change',
      hint: 'give an unencrypted private key in PEM',
      cause,
    });
  }
}
