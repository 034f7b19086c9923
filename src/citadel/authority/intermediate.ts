import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from './x509';
import { webcrypto } from 'node:crypto';
import { FlotillaError } from '../../kernel';
import { chainProblems, firstCertificate, notAfterMs } from './certificate-chain';
import { permitTrustDomain } from './name-constraints';
import { importSigningKey, matchesPublicKey } from './private-key';
import { randomSerialNumber } from './serial-number';
import { verifySigningRequest, type VerifiedRequest } from './signing-request';
import { DAY_MS, validityOf } from './validity';

/** What the hub signs a zone's intermediate with. */
export interface IntermediateOptions {
  readonly csrPem: string;
  readonly rootKeyPem: string;
  readonly rootCertificatePem: string;
  readonly lifetimeDays: number;
  readonly trustDomain: string;
  readonly nowMs: number;
}

/**
 * Signs a zone's request: an authority with path length 0, constrained to URIs of the trust domain. Of the request only
 * the key and the subject count, and the subject must name the trust domain as its organization.
 * @returns the chain in PEM, intermediate first, root last
 * @throws FlotillaError FLO5203 (request), FLO5204 (root), FLO5205 (subject)
 */
export async function signIntermediate(options: IntermediateOptions): Promise<string> {
  checkRoot(options);
  const verified = await verifySigningRequest(options.csrPem);
  const root = new X509Certificate(options.rootCertificatePem);
  checkSubject(verified, root, options.trustDomain);
  const certificate = await sign(verified, root, options);
  return `${certificate.toString('pem')}\n${root.toString('pem')}\n`;
}

async function sign(
  { request }: VerifiedRequest,
  root: X509Certificate,
  options: IntermediateOptions,
): Promise<X509Certificate> {
  const { privateKey, algorithm } = await importSigningKey(options.rootKeyPem);
  const rootNotAfterMs = root.notAfter.getTime();
  return X509CertificateGenerator.create(
    {
      serialNumber: randomSerialNumber(),
      subject: request.subjectName,
      issuer: root.subjectName,
      ...validityOf(options.nowMs, options.lifetimeDays * DAY_MS, rootNotAfterMs),
      signingAlgorithm: algorithm,
      publicKey: request.publicKey,
      signingKey: privateKey,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        permitTrustDomain(options.trustDomain),
        await SubjectKeyIdentifierExtension.create(request.publicKey, false, webcrypto),
        await AuthorityKeyIdentifierExtension.create(root.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
}

function checkRoot({ rootCertificatePem, rootKeyPem, trustDomain, nowMs }: IntermediateOptions): void {
  const root = firstCertificate(rootCertificatePem);
  const problems = root.ca ? [...chainProblems(rootCertificatePem, nowMs)] : ['it is not a certificate authority'];
  if (!matchesPublicKey(rootKeyPem, root.publicKey)) problems.push('its private key belongs to another certificate');
  if (notAfterMs(root) <= nowMs) problems.push('there is no time left to sign for');
  if (problems.length === 0) return;
  throw new FlotillaError(`cannot sign with the root of trust domain ${trustDomain}: ${problems.join('; ')}`, {
    code: 'FLO5204',
    retry: 'after-change',
    hint: 'put a valid root certificate and its key into the root Secret of the mesh on the hub',
  });
}

function checkSubject({ request, subject }: VerifiedRequest, root: X509Certificate, trustDomain: string): void {
  const organizations = request.subjectName.getField('O');
  const isRoot = subject === root.subject;
  if (!isRoot && organizations.length === 1 && organizations[0] === trustDomain) return;
  const why = isRoot ? 'it is the name of the root' : `its organization is not the trust domain ${trustDomain}`;
  throw new FlotillaError(`cannot sign an intermediate for subject "${subject}": ${why}`, {
    code: 'FLO5205',
    retry: 'after-change',
    hint: 'the zone must ask with its own mesh and trust domain; see whether both sides hold the same Mesh',
  });
}
