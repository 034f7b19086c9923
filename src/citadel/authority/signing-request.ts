import { Pkcs10CertificateRequest, Pkcs10CertificateRequestGenerator } from './x509';
import { createPublicKey, type KeyObject, webcrypto } from 'node:crypto';
import { FlotillaError } from '../../kernel';
import { webCryptoAlgorithmOf } from './key-algorithm';
import { importSigningKey } from './private-key';

/** Who asks for an intermediate certificate. */
export interface SigningRequestOptions {
  readonly keyPem: string;
  /** `region/zone` */
  readonly zone: string;
  readonly mesh: string;
  readonly trustDomain: string;
}

/** A PKCS#10 request (PEM) for the intermediate of one zone and mesh. The key stays with the caller. */
export async function createSigningRequest(options: SigningRequestOptions): Promise<string> {
  const { privateKey, publicKey, algorithm } = await importSigningKey(options.keyPem);
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name: [{ O: [options.trustDomain] }, { OU: [options.mesh] }, { CN: [`zone ${options.zone}`] }],
      signingAlgorithm: algorithm,
      keys: { privateKey, publicKey },
    },
    webcrypto,
  );
  return `${request.toString('pem')}\n`;
}

/** A request whose signature was checked: its sender holds the private key. */
export interface VerifiedRequest {
  /** Subject as the sender wrote it; a claim, not an identity. */
  readonly subject: string;
  readonly request: Pkcs10CertificateRequest;
  readonly publicKey: KeyObject;
}

/**
 * Reads a PKCS#10 request and checks that it is signed by its own key.
 * @throws FlotillaError FLO5203 when it cannot be read or its signature is wrong, FLO5201 when its key is not supported
 */
export async function verifySigningRequest(csrPem: string): Promise<VerifiedRequest> {
  const request = parseRequest(csrPem);
  const publicKey = createPublicKey({ key: Buffer.from(request.publicKey.rawData), type: 'spki', format: 'der' });
  webCryptoAlgorithmOf(publicKey);
  if (!(await request.verify(webcrypto))) throw refused('its signature does not match its public key');
  return { subject: request.subject, request, publicKey };
}

function parseRequest(csrPem: string): Pkcs10CertificateRequest {
  try {
    return new Pkcs10CertificateRequest(csrPem);
  } catch (cause) {
    throw refused(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function refused(why: string, cause?: unknown): FlotillaError {
  return new FlotillaError(`cannot accept a certificate signing request: ${why}`, {
    code: 'FLO5203',
    retry: 'after-change',
    hint: 'send a PKCS#10 request in PEM, signed by the key that it carries',
    cause,
  });
}
