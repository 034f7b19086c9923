import type { KubeClient } from '../../kube';
import { identityOfCertificate, parseSpiffeId, spiffeIdOf } from './spiffe-id';
import { TokenReviewer } from './token-reviewer';

/** A cluster that answers every review with one status. */
function reviewing(answer: object): { reviewer: TokenReviewer; asked: unknown[] } {
  const asked: unknown[] = [];
  const client: Pick<KubeClient, 'request' | 'cluster'> = {
    cluster: 'east-1-apps',
    request: (request) => {
      asked.push(request.body);
      return Promise.resolve({ statusCode: 201, body: { status: answer } });
    },
  };
  return { reviewer: new TokenReviewer(client), asked };
}

const user = { username: 'system:serviceaccount:shop:checkout' };

describe('TokenReviewer', () => {
  it('takes the service account that the cluster names, for the audience of the authority', async () => {
    const { reviewer, asked } = reviewing({ authenticated: true, user, audiences: ['istio-ca'] });
    await expect(reviewer.identify('token', 'prod.example.com')).resolves.toEqual({
      trustDomain: 'prod.example.com',
      namespace: 'shop',
      serviceAccount: 'checkout',
    });
    expect(asked).toEqual([expect.objectContaining({ spec: { token: 'token', audiences: ['istio-ca'] } })]);
  });

  it.each([
    ['not authenticated', { authenticated: false, error: 'token expired' }, 'token expired'],
    ['for another audience', { authenticated: true, user, audiences: ['api'] }, 'audience'],
    ['from a server that knows no audiences', { authenticated: true, user }, 'audience'],
    ['of a person', { authenticated: true, user: { username: 'jane' }, audiences: ['istio-ca'] }, 'service account'],
    ['without an answer', {}, 'not authenticated'],
  ])('refuses a token %s', async (_what, answer, why) => {
    const { reviewer } = reviewing(answer);
    const refusal = { code: 'FLO5230', message: expect.stringContaining(why) as string };
    await expect(reviewer.identify('token', 'prod.example.com')).rejects.toMatchObject(refusal);
  });
});

describe('SPIFFE ids', () => {
  it('are read and written in the form of Istio', () => {
    const identity = { trustDomain: 'prod.example.com', namespace: 'shop', serviceAccount: 'checkout' };
    expect(parseSpiffeId(spiffeIdOf(identity))).toEqual(identity);
    expect(spiffeIdOf({ ...identity, trustDomain: 'team@example.com' })).toBe(
      'spiffe://team.example.com/ns/shop/sa/checkout',
    );
    expect(parseSpiffeId('spiffe://prod.example.com/shop')).toBeUndefined();
  });

  it('count only when a certificate has exactly one', () => {
    const one = 'URI:spiffe://a/ns/b/sa/c';
    expect(identityOfCertificate({ subjectAltName: one })).toBeDefined();
    expect(identityOfCertificate({ subjectAltName: `${one}, ${one}` })).toBeUndefined();
    expect(identityOfCertificate({ subjectAltName: 'DNS:spiffe' })).toBeUndefined();
  });
});
