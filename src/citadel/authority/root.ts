import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from './x509';
import { webcrypto } from 'node:crypto';
import type { KeyAlgorithm } from './key-algorithm';
import { createKey, importSigningKey } from './private-key';
import { randomSerialNumber } from './serial-number';
import { DAY_MS, validityOf } from './validity';

/** What a new mesh root is made from. */
export interface RootOptions {
  readonly trustDomain: string;
  readonly algorithm: KeyAlgorithm;
  readonly lifetimeDays: number;
  readonly nowMs: number;
}

/** A root as the hub keeps it in a kubernetes.io/tls Secret. */
export interface Root {
  readonly keyPem: string;
  readonly certificatePem: string;
}

/** Makes the root of a mesh: a new key and its self-signed certificate, which may sign authorities one level below only. */
export async function createRoot(options: RootOptions): Promise<Root> {
  const keyPem = await createKey(options.algorithm);
  return { keyPem, certificatePem: await selfSign(keyPem, options) };
}

async function selfSign(keyPem: string, { trustDomain, lifetimeDays, nowMs }: RootOptions): Promise<string> {
  const { privateKey, publicKey, algorithm } = await importSigningKey(keyPem);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: randomSerialNumber(),
      name: [{ O: [trustDomain] }, { CN: ['mesh root'] }],
      ...validityOf(nowMs, lifetimeDays * DAY_MS),
      signingAlgorithm: algorithm,
      keys: { privateKey, publicKey },
      extensions: [
        new BasicConstraintsExtension(true, 1, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return `${certificate.toString('pem')}\n`;
}
