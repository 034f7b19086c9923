import { status } from '@grpc/grpc-js';
import { X509Certificate } from 'node:crypto';
import type { MeshSpec } from '../../federation/api';
import { FlotillaError, ManualClock, silentLogger } from '../../kernel';
import { chainProblems, createKey, createSigningRequest, DAY_MS, issueLeaf, publicKeyOf } from '../authority';
import type { Issuer } from '../intermediate/decide-intermediate';
import type { TokenVerifier } from '../identity/token-verifier';
import { TRUST_DOMAIN, testAuthority } from '../testing/test-authority';
import { decodeCertificateResponse, encodeCertificateRequest } from './certificate-messages';
import { type CertificateCaller, CertificateService } from './certificate-service';

const ca: MeshSpec['ca'] = {
  ...{ selfSigned: true, algorithm: 'EcdsaP256', rootLifetimeDays: 3650 },
  ...{ intermediateLifetimeDays: 365, leafLifetimeHours: 24 },
};
const clock = new ManualClock(Date.UTC(2026, 5, 1));
const checkout = { trustDomain: TRUST_DOMAIN, namespace: 'shop', serviceAccount: 'checkout' };

/** Knows one token. */
const verifier: TokenVerifier = {
  identify: (token) =>
    token === 'good'
      ? Promise.resolve(checkout)
      : Promise.reject(new FlotillaError('not authenticated', { code: 'FLO5230' })),
};

let issuer: Issuer;
let csr: string;

beforeAll(async () => {
  ({ issuer } = await testAuthority(clock.nowMs()));
  const keyPem = await createKey('EcdsaP256');
  // The subject claims to be somebody else; it must not matter.
  csr = await createSigningRequest({ keyPem, zone: 'x/y', mesh: 'admin', trustDomain: 'elsewhere' });
});

function service(options: Partial<ConstructorParameters<typeof CertificateService>[0]> = {}): CertificateService {
  return new CertificateService({
    ...{ clock, logger: silentLogger, meshSpec: () => ({ trustDomain: TRUST_DOMAIN, ca }) },
    issuer: () => issuer,
    verifierOf: (cluster) => (cluster === 'foreign' ? undefined : verifier),
    ...options,
  });
}

function ask(
  target: CertificateService,
  caller: CertificateCaller,
  request: { csr?: string; validityDuration?: number } = {},
): ReturnType<CertificateService['createCertificate']> {
  return target.createCertificate(encodeCertificateRequest({ csr, validityDuration: 0, ...request }), caller);
}

async function certificateOf(identity: { spiffeId: string } | { dnsNames: string[] }): Promise<Buffer> {
  const publicKey = publicKeyOf(await createKey('EcdsaP256'));
  const chain = await issueLeaf({ signer: issuer, publicKey, identity, lifetimeMs: DAY_MS, nowMs: clock.nowMs() });
  return new X509Certificate(chain).raw;
}

const byToken = { authorization: 'Bearer good', clusterId: 'east-1-apps' };

describe('CreateCertificate', () => {
  it('signs the identity of the caller, never that of the request', async () => {
    const answer = await ask(service(), byToken);
    if (answer.kind !== 'issued') throw new Error(answer.message);
    const chain = decodeCertificateResponse(answer.response).certChain;
    expect(chain).toHaveLength(3);
    expect(chainProblems(chain.join(''), clock.nowMs())).toEqual([]);
    const leaf = new X509Certificate(chain[0]!);
    expect(leaf.subjectAltName).toBe('URI:spiffe://prod.example.com/ns/shop/sa/checkout');
    expect(leaf.subject).toBeUndefined();
  });

  it('renews for a caller with a certificate of the mesh', async () => {
    const certificate = await certificateOf({ spiffeId: `spiffe://${TRUST_DOMAIN}/ns/shop/sa/cart` });
    const answer = await ask(service(), { certificate });
    if (answer.kind !== 'issued') throw new Error(answer.message);
    const [leaf] = decodeCertificateResponse(answer.response).certChain;
    expect(new X509Certificate(leaf!).subjectAltName).toBe('URI:spiffe://prod.example.com/ns/shop/sa/cart');
  });

  it('does not take a server certificate for an identity, nor a token beside it', async () => {
    const certificate = await certificateOf({ dnsNames: ['shop.example.com'] });
    const answer = await ask(service(), { certificate, ...byToken });
    expect(answer).toMatchObject({ kind: 'refused', grpcStatus: status.UNAUTHENTICATED });
  });

  it.each([
    ['nothing at all', {}],
    ['a wrong token', { authorization: 'Bearer bad' }],
    ['a password', { authorization: 'Basic good' }],
    ['a token of a cluster outside the zone', { authorization: 'Bearer good', clusterId: 'foreign' }],
  ])('refuses a caller who shows %s', async (_what, caller) => {
    expect(await ask(service(), caller)).toMatchObject({ kind: 'refused', grpcStatus: status.UNAUTHENTICATED });
  });

  it.each([
    ['a life of more than 90 days', { validityDuration: 91 * 24 * 3600 }],
    ['a request that is too long', { csr: 'x'.repeat(20_000) }],
    ['a request that is none', { csr: 'hello' }],
  ])('refuses %s', async (_what, request) => {
    expect(await ask(service(), byToken, request)).toMatchObject({
      kind: 'refused',
      grpcStatus: status.INVALID_ARGUMENT,
    });
  });

  it('refuses bytes that are no request', async () => {
    const answer = await service().createCertificate(Buffer.from([0x0a, 0xff]), byToken);
    expect(answer).toMatchObject({ kind: 'refused', grpcStatus: status.INVALID_ARGUMENT });
  });

  it('says that it is not ready while the hub has not signed', async () => {
    const answer = await ask(service({ issuer: () => undefined }), byToken);
    expect(answer).toMatchObject({ kind: 'refused', grpcStatus: status.UNAVAILABLE });
  });

  it('bounds how often one caller may ask, and lets it go on later', async () => {
    const target = service({ perCaller: { perSecond: 1, burst: 2 } });
    const kinds = [await ask(target, byToken), await ask(target, byToken), await ask(target, byToken)];
    expect(kinds.map(({ kind }) => kind)).toEqual(['issued', 'issued', 'refused']);
    expect(kinds[2]).toMatchObject({ grpcStatus: status.RESOURCE_EXHAUSTED });
    await clock.advance(1000);
    expect((await ask(target, byToken)).kind).toBe('issued');
  });
});
