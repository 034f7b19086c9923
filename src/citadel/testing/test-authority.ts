import {
  createKey,
  createRoot,
  createSigningRequest,
  type KeyAlgorithm,
  type Root,
  signIntermediate,
} from '../authority';
import type { Issuer } from '../intermediate/decide-intermediate';

/** Trust domain of the test authorities. */
export const TRUST_DOMAIN = 'prod.example.com';

/** A root and the issuer of one zone below it. */
export interface TestAuthority {
  readonly root: Root;
  readonly issuer: Issuer;
}

/** A new root and zone issuer, valid from `nowMs`. */
export async function testAuthority(nowMs: number, algorithm: KeyAlgorithm = 'EcdsaP256'): Promise<TestAuthority> {
  const root = await createRoot({ trustDomain: TRUST_DOMAIN, algorithm, lifetimeDays: 3650, nowMs });
  return { root, issuer: await testIssuer(root, nowMs) };
}

/** A zone issuer below a root, with a key of its own unless one is given. */
export async function testIssuer(root: Root, nowMs: number, givenKeyPem?: string): Promise<Issuer> {
  const keyPem = givenKeyPem ?? (await createKey('EcdsaP256'));
  const csrPem = await createSigningRequest({ keyPem, zone: 'east/east-1', mesh: 'prod', trustDomain: TRUST_DOMAIN });
  const { keyPem: rootKeyPem, certificatePem: rootCertificatePem } = root;
  const options = { csrPem, rootKeyPem, rootCertificatePem, lifetimeDays: 365, trustDomain: TRUST_DOMAIN, nowMs };
  return { keyPem, chainPem: await signIntermediate(options), trustPem: root.certificatePem };
}
