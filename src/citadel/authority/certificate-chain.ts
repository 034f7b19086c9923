import { X509Certificate } from 'node:crypto';
import { FlotillaError } from '../../kernel';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** One PEM text per certificate, in the order of the input, each ending with a newline. */
export function splitPem(chainPem: string): readonly string[] {
  return (chainPem.match(PEM_CERTIFICATE) ?? []).map((pem) => `${pem}\n`);
}

/**
 * Reads a chain, leaf first.
 * @throws FlotillaError FLO5202 when there is no certificate in it or one cannot be read
 */
export function parseChain(chainPem: string): readonly X509Certificate[] {
  const certificates = splitPem(chainPem).map(parseCertificate);
  if (certificates.length === 0) throw unreadable('there is no PEM block of type CERTIFICATE in it');
  return certificates;
}

/** The first certificate of a chain. @throws FlotillaError FLO5202 */
export function firstCertificate(chainPem: string): X509Certificate {
  const [first] = parseChain(chainPem);
  if (!first) throw unreadable('it is empty');
  return first;
}

/** The last certificate of a chain in PEM: the root, by our order. @throws FlotillaError FLO5202 */
export function rootOf(chainPem: string): string {
  const root = splitPem(chainPem).at(-1);
  if (root === undefined) throw unreadable('there is no PEM block of type CERTIFICATE in it');
  return root;
}

/** The chain without its self-signed end: what a TLS server sends, for its clients hold the root already (RFC 8446 §4.4.2). */
export function withoutRoot(chainPem: string): string {
  return splitPem(chainPem)
    .filter((pem) => !isSelfSigned(parseCertificate(pem)))
    .join('');
}

/** SHA-256 fingerprint in lower-case hexadecimal: how roots are named in statuses. @throws FlotillaError FLO5202 */
export function fingerprintOf(pem: string): string {
  return firstCertificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
}

/** Whether a certificate is signed by its own key. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
}

/**
 * What is wrong with a chain: each certificate must be issued and signed by the next one, which must be an authority, and
 * all must be valid at `nowMs`. Names, usages and constraints are left to the TLS stacks that use the chain.
 * @returns all problems in words; empty when the chain holds
 */
export function chainProblems(chainPem: string, nowMs: number): readonly string[] {
  const certificates = parseChain(chainPem);
  return certificates.flatMap((certificate, index) => {
    const name = nameOf(certificate, index);
    const issuer = certificates[index + 1] ?? certificate;
    return [...validityProblems(certificate, name, nowMs), ...issuerProblems(certificate, issuer, name)];
  });
}

/** End of validity in milliseconds since the epoch. */
export function notAfterMs(certificate: X509Certificate): number {
  return Date.parse(certificate.validTo);
}

/** Begin of validity in milliseconds since the epoch. */
export function notBeforeMs(certificate: X509Certificate): number {
  return Date.parse(certificate.validFrom);
}

/** Node gives no subject at all when it is empty, whatever its types say. */
function nameOf(certificate: X509Certificate, place: number | string): string {
  const subject = certificate.subject as string | undefined;
  return subject ? subject.replaceAll('\n', ', ') : `certificate ${place}`;
}

function validityProblems(certificate: X509Certificate, name: string, nowMs: number): string[] {
  if (nowMs < notBeforeMs(certificate)) return [`${name} is not valid before ${certificate.validFrom}`];
  if (nowMs > notAfterMs(certificate)) return [`${name} expired at ${certificate.validTo}`];
  return [];
}

function issuerProblems(certificate: X509Certificate, issuer: X509Certificate, name: string): string[] {
  if (!issuer.ca) return [`the issuer of ${name} is not a certificate authority`];
  if (!certificate.checkIssued(issuer)) return [`${name} was not issued by ${nameOf(issuer, 'its neighbour')}`];
  if (!certificate.verify(issuer.publicKey)) return [`the signature of ${name} does not match its issuer`];
  return [];
}

function parseCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw unreadable(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unreadable(why: string, cause?: unknown): FlotillaError {
  return new FlotillaError(`cannot read a certificate chain: ${why}`, {
    code: 'FLO5202',
    retry: 'after-change',
    hint: 'give certificates in PEM, leaf first and root last',
    cause,
  });
}
