import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 24 * 3600 * 1000;
const AUTHORITY_DAYS = 3650;
const SERVING_DAYS = 365;
/** Clocks of clients may be behind. */
const BACKDATE_MS = 3600 * 1000;

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate that the authority issues is for. */
export interface CertificateRequest {
  readonly commonName: string;
  /** Kubernetes reads groups from here. */
  readonly organizations?: readonly string[];
  /** DNS names and IP addresses of a server; none for a client. */
  readonly names?: readonly string[];
}

/** The server's own certificate authority, made once and kept in the data folder (`ca.crt`, `ca.key`). */
export class CertificateAuthority {
  private constructor(
    /** PEM. */
    readonly certificate: string,
    private readonly issuer: x509.X509Certificate,
    private readonly key: webcrypto.CryptoKey,
    private readonly nowMs: () => number,
  ) {}

  /** Reads the authority of a folder, or makes it. The key file is readable for its owner only. */
  static async open(folder: string, nowMs: () => number): Promise<CertificateAuthority> {
    const [certificatePath, keyPath] = [join(folder, 'ca.crt'), join(folder, 'ca.key')];
    if (!existsSync(certificatePath) || !existsSync(keyPath)) {
      const pair = await makeAuthority(nowMs());
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writePrivately(keyPath, pair.key);
      writePrivately(certificatePath, pair.certificate);
    }
    const certificate = readFileSync(certificatePath, 'utf8');
    const key = await importKey(readFileSync(keyPath, 'utf8'));
    return new CertificateAuthority(certificate, new x509.X509Certificate(certificate), key, nowMs);
  }

  /** Issues a certificate with a key of its own, for one year. */
  async issue({ commonName, organizations = [], names = [] }: CertificateRequest): Promise<KeyPair> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const subject = [{ CN: [commonName] }, ...organizations.map((organization) => ({ O: [organization] }))];
    const usage = names.length > 0 ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject,
      issuer: this.issuer.subjectName,
      notBefore: new Date(this.nowMs() - BACKDATE_MS),
      notAfter: new Date(this.nowMs() + SERVING_DAYS * DAY_MS),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: this.key,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names.map(alternativeName))] : []),
        await x509.AuthorityKeyIdentifierExtension.create(this.issuer.publicKey),
      ],
    });
    return { certificate: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
  }
}

async function makeAuthority(nowMs: number): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=flotilla-apiserver-ca',
    notBefore: new Date(nowMs - BACKDATE_MS),
    notAfter: new Date(nowMs + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
}

/** Positive and without a leading zero byte, as DER wants it. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function alternativeName(name: string): x509.JsonGeneralName {
  return { type: isIP(name) === 0 ? 'dns' : 'ip', value: name };
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), ALGORITHM, false, ['sign']);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

/** Appears whole or not at all, readable for its owner only. */
export function writePrivately(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
