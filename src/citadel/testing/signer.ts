import {
  createKey,
  createRoot,
  createSigningRequest,
  type KeyAlgorithm,
  type Root,
  type Signer,
  signIntermediate,
} from '../authority';

/** Trust domain of the test authorities. */
export const TRUST_DOMAIN = 'prod.example.com';

/** A root and the signer of one zone below it. */
export interface TestAuthority {
  readonly root: Root;
  readonly signer: Signer;
}

/** A new root and zone signer, valid from `nowMs`. */
export async function testAuthority(nowMs: number, algorithm: KeyAlgorithm = 'EcdsaP256'): Promise<TestAuthority> {
  const root = await createRoot({ trustDomain: TRUST_DOMAIN, algorithm, lifetimeDays: 3650, nowMs });
  return { root, signer: await testSigner(root, nowMs) };
}

/** A zone signer below a root, with a key of its own unless one is given. */
export async function testSigner(root: Root, nowMs: number, givenKeyPem?: string): Promise<Signer> {
  const keyPem = givenKeyPem ?? (await createKey('EcdsaP256'));
  const csrPem = await createSigningRequest({ keyPem, zone: 'east/east-1', mesh: 'prod', trustDomain: TRUST_DOMAIN });
  const { keyPem: rootKeyPem, certificatePem: rootCertificatePem } = root;
  const options = { csrPem, rootKeyPem, rootCertificatePem, lifetimeDays: 365, trustDomain: TRUST_DOMAIN, nowMs };
  return { keyPem, chainPem: await signIntermediate(options) };
}
