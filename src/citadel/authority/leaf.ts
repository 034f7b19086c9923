import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from './x509';
import { type KeyObject, webcrypto } from 'node:crypto';
import { FlotillaError } from '../../kernel';
import { importSigningKey } from './private-key';
import { splitPem } from './certificate-chain';
import { randomSerialNumber } from './serial-number';
import { validityOf } from './validity';

/** An authority that can sign leaves: its key, and its chain with itself first and the root last. */
export interface Signer {
  readonly keyPem: string;
  readonly chainPem: string;
}

/** Whom a leaf speaks for: a workload (SPIFFE), or a server with DNS names and IP addresses. */
export type LeafIdentity =
  { readonly spiffeId: string } | { readonly dnsNames: readonly string[]; readonly ipAddresses?: readonly string[] };

/** What one leaf is issued from. */
export interface LeafOptions {
  readonly signer: Signer;
  /** The subject's public key: from a verified request, or of a key that citadel made itself. */
  readonly publicKey: KeyObject;
  readonly identity: LeafIdentity;
  readonly lifetimeMs: number;
  readonly nowMs: number;
}

/**
 * Issues a leaf. Its subject is empty and the SAN critical, as RFC 5280 §4.1.2.6 asks then; workloads may act as server
 * and client, servers with DNS names as server only.
 * @returns the chain in PEM, leaf first, root last
 * @throws FlotillaError FLO5206 when the identity is empty
 */
export async function issueLeaf(options: LeafOptions): Promise<string> {
  const issuerPem = splitPem(options.signer.chainPem)[0] ?? '';
  const issuer = new X509Certificate(issuerPem);
  const { privateKey, algorithm } = await importSigningKey(options.signer.keyPem);
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: randomSerialNumber(),
      subject: '',
      issuer: issuer.subjectName,
      ...validityOf(options.nowMs, options.lifetimeMs, issuer.notAfter.getTime()),
      signingAlgorithm: algorithm,
      publicKey: publicKeyOf(options.publicKey),
      signingKey: privateKey,
      extensions: await extensionsOf(options, issuer),
    },
    webcrypto,
  );
  return `${certificate.toString('pem')}\n${options.signer.chainPem}`;
}

async function extensionsOf({ identity, publicKey }: LeafOptions, issuer: X509Certificate): Promise<Extension[]> {
  const workload = 'spiffeId' in identity;
  const { serverAuth, clientAuth } = ExtendedKeyUsage;
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(keyUsageOf(publicKey), true),
    new ExtendedKeyUsageExtension(workload ? [serverAuth, clientAuth] : [serverAuth]),
    new SubjectAlternativeNameExtension(alternativeNames(identity), true),
    await SubjectKeyIdentifierExtension.create(publicKeyOf(publicKey), false, webcrypto),
    await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
  ];
}

/** Key encipherment is for RSA key exchange only; an ECDSA key cannot do it. */
function keyUsageOf(publicKey: KeyObject): number {
  const { digitalSignature, keyEncipherment } = KeyUsageFlags;
  return publicKey.asymmetricKeyType === 'rsa' ? digitalSignature | keyEncipherment : digitalSignature;
}

function alternativeNames(identity: LeafIdentity): JsonGeneralNames {
  const names: JsonGeneralNames =
    'spiffeId' in identity
      ? [{ type: 'url', value: identity.spiffeId }]
      : [
          ...identity.dnsNames.map((value) => ({ type: 'dns' as const, value })),
          ...(identity.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
        ];
  if (names.length > 0 && names.every(({ value }) => value !== '')) return names;
  throw new FlotillaError('cannot issue a certificate without a name', {
    code: 'FLO5206',
    retry: 'after-change',
    hint: 'give the servers of the Gateway at least one host',
  });
}

function publicKeyOf(key: KeyObject): PublicKey {
  return new PublicKey(key.export({ type: 'spki', format: 'der' }));
}
