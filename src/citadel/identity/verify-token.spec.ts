import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { ManualClock } from '../../kernel';
import { KubeApiError, type KubeClient } from '../../kube';
import { ClusterTokenVerifier } from './cluster-token-verifier';
import { type IssuerKey, verifyToken } from './verify-token';

const nowMs = Date.UTC(2026, 5, 1);
const now = nowMs / 1000;
const issuer = 'https://kubernetes.default.svc';
const subject = 'system:serviceaccount:shop:checkout';
const claims = { iss: issuer, sub: subject, aud: ['istio-ca'], exp: now + 3600, nbf: now };

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function jwk(key: KeyObject, kid: string): IssuerKey {
  return { ...key.export({ format: 'jwk' }), kid };
}

function token(
  payload: object,
  header: object = { alg: 'RS256', kid: 'rsa' },
  key: KeyObject = rsa.privateKey,
): string {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

const expected = { keys: [jwk(rsa.publicKey, 'rsa'), jwk(ec.publicKey, 'ec')], issuer, audience: 'istio-ca', nowMs };

describe('verifyToken', () => {
  it('accepts what the issuer signed, with RSA or ECDSA', () => {
    expect(verifyToken(token(claims), expected)).toEqual({ kind: 'valid', subject });
    expect(verifyToken(token(claims, { alg: 'ES256', kid: 'ec' }, ec.privateKey), expected).kind).toBe('valid');
    expect(verifyToken(token({ ...claims, aud: 'istio-ca' }, { alg: 'RS256' }), expected).kind).toBe('valid');
  });

  it.each([
    ['an expired token', token({ ...claims, exp: now - 11 }), 'expired'],
    ['one without an end', token({ ...claims, exp: undefined }), 'expired'],
    ['one of the future', token({ ...claims, nbf: now + 60 }), 'not valid yet'],
    ['one for another audience', token({ ...claims, aud: ['api'] }), 'audience'],
    ['one of another issuer', token({ ...claims, iss: 'https://elsewhere' }), 'issuer'],
    ['one without a subject', token({ ...claims, sub: undefined }), 'names nobody'],
    ['an unsigned one', token(claims, { alg: 'none' }), 'algorithm'],
    ['a symmetric one', token(claims, { alg: 'HS256', kid: 'rsa' }), 'algorithm'],
    [
      'one signed by another key of that id',
      token(claims, { alg: 'ES256', kid: 'ec' }, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
      'signature',
    ],
    [
      'one that was changed',
      token(claims).replace(/\.[^.]+\./, `.${Buffer.from('{}').toString('base64url')}.`),
      'signature',
    ],
    ['no token', 'hello', 'no JSON Web Token'],
    ['an endless one', `${'a'.repeat(20_000)}.b.c`, 'too long'],
  ])('refuses %s', (_what, text, why) => {
    expect(verifyToken(text, expected)).toMatchObject({
      kind: 'refused',
      reason: 'Refused',
      message: expect.stringContaining(why) as string,
    });
  });

  it('tells an unknown key apart: the issuer may have a new one', () => {
    expect(verifyToken(token(claims, { alg: 'RS256', kid: 'new' }), expected)).toMatchObject({ reason: 'UnknownKey' });
  });
});

/** A cluster that publishes keys, or answers reviews only. */
class FakeCluster implements Pick<KubeClient, 'request' | 'cluster'> {
  readonly cluster = 'east-1-apps';
  readonly asked: string[] = [];
  keys: readonly IssuerKey[] | undefined = [jwk(rsa.publicKey, 'rsa')];

  request({ path, method }: Parameters<KubeClient['request']>[0]): ReturnType<KubeClient['request']> {
    this.asked.push(path);
    const subjectOfRequest = { cluster: this.cluster, verb: method, kind: path };
    if (path.endsWith('/tokenreviews')) {
      const status = { authenticated: true, user: { username: subject }, audiences: ['istio-ca'] };
      return Promise.resolve({ statusCode: 201, body: { status } });
    }
    if (this.keys === undefined) {
      return Promise.reject(
        new KubeApiError({ subject: subjectOfRequest, statusCode: 404, reason: 'NotFound', message: 'no' }),
      );
    }
    return Promise.resolve({ statusCode: 200, body: path.endsWith('/jwks') ? { keys: this.keys } : { issuer } });
  }
}

describe('ClusterTokenVerifier', () => {
  const clock = new ManualClock(nowMs);
  const identity = { trustDomain: 'prod.example.com', namespace: 'shop', serviceAccount: 'checkout' };

  it('asks the cluster for its keys once, not for each token', async () => {
    const cluster = new FakeCluster();
    const verifier = new ClusterTokenVerifier(cluster, clock);
    for (let index = 0; index < 3; index += 1) {
      await expect(verifier.identify(token(claims), 'prod.example.com')).resolves.toEqual(identity);
    }
    expect(cluster.asked).toEqual(['/.well-known/openid-configuration', '/openid/v1/jwks']);
  });

  it('reads the keys anew when one is unknown, but not for every such token', async () => {
    const cluster = new FakeCluster();
    const verifier = new ClusterTokenVerifier(cluster, clock);
    const byNewKey = token(claims, { alg: 'ES256', kid: 'ec' }, ec.privateKey);
    await expect(verifier.identify(byNewKey, 'prod.example.com')).rejects.toMatchObject({ code: 'FLO5230' });
    cluster.keys = [jwk(ec.publicKey, 'ec')];
    await expect(verifier.identify(byNewKey, 'prod.example.com')).rejects.toMatchObject({ code: 'FLO5230' });
    expect(cluster.asked).toHaveLength(2);
    await clock.advance(30_000);
    await expect(verifier.identify(byNewKey, 'prod.example.com')).resolves.toEqual(identity);
    expect(cluster.asked).toHaveLength(4);
  });

  it('asks by TokenReview where keys are not published', async () => {
    const cluster = new FakeCluster();
    cluster.keys = undefined;
    const verifier = new ClusterTokenVerifier(cluster, clock);
    await expect(verifier.identify('opaque', 'prod.example.com')).resolves.toEqual(identity);
    expect(cluster.asked.at(-1)).toBe('/apis/authentication.k8s.io/v1/tokenreviews');
  });

  it('refuses what is signed well but is no service account', async () => {
    const verifier = new ClusterTokenVerifier(new FakeCluster(), clock);
    const person = token({ ...claims, sub: 'jane' });
    await expect(verifier.identify(person, 'prod.example.com')).rejects.toMatchObject({
      code: 'FLO5230',
      message: expect.stringContaining('not a service account') as string,
    });
  });
});
