import type { Gateway, Secret } from '../../istio';
import { annotations } from '../../federation/api';
import { DAY_MS } from '../authority';
import { type TestAuthority, testAuthority, testIssuer } from '../testing/test-authority';
import { issueGatewayCertificate } from './issue-gateway-certificate';
import { type CertificateOrder, planGatewayCertificates } from './plan-gateway-certificates';

const nowMs = Date.UTC(2026, 5, 1);
const HOUR_MS = DAY_MS / 24;

function gateway(credentialName: string, hosts: string[], issuer: string | undefined = 'mesh'): Gateway {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: {
      name: `gateway-${credentialName}`,
      namespace: 'shop',
      ...(issuer === undefined ? {} : { annotations: { [annotations.certificateIssuer]: issuer } }),
    },
    spec: {
      servers: [
        { port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts, tls: { credentialName } },
        { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['plain.example.com'] },
      ],
    },
  };
}

describe('planGatewayCertificates', () => {
  let authority: TestAuthority;
  let secret: Secret;

  const plan = (gateways: Gateway[], secrets: Secret[] = [], atMs = nowMs) =>
    planGatewayCertificates({ gateways, secrets, issuer: authority.issuer, nowMs: atMs });
  const issue = (order: CertificateOrder): Promise<Secret> =>
    issueGatewayCertificate({
      ...{ order, namespace: 'istio-prod', mesh: 'prod', issuer: authority.issuer },
      ...{ algorithm: 'EcdsaP256', lifetimeMs: DAY_MS, nowMs },
    });

  beforeAll(async () => {
    authority = await testAuthority(nowMs);
    secret = await issue({ secretName: 'shop-tls', dnsNames: ['a.example.com', 'b.example.com'], reason: 'Missing' });
  });

  it('orders one certificate per credentialName with the hosts of all its servers, namespaces stripped', () => {
    const gateways = [
      gateway('shop-tls', ['shop/b.example.com', './a.example.com']),
      gateway('shop-tls', ['a.example.com']),
      gateway('wide-tls', ['*.example.com']),
    ];
    expect(plan(gateways).orders).toEqual([
      { secretName: 'shop-tls', dnsNames: ['a.example.com', 'b.example.com'], reason: 'Missing' },
      { secretName: 'wide-tls', dnsNames: ['*.example.com'], reason: 'Missing' },
    ]);
  });

  it('leaves Gateways alone that do not ask for it', () => {
    const gateways = [gateway('own-tls', ['a.example.com'], 'other'), gateway('x-tls', ['a.example.com'], '')];
    expect(plan(gateways)).toEqual({ orders: [], unused: [], problems: [], nextDueMs: undefined });
  });

  it('orders nothing while a certificate is good, and says when to look again', () => {
    const { orders, nextDueMs } = plan([gateway('shop-tls', ['b.example.com', 'a.example.com'])], [secret]);
    expect(orders).toEqual([]);
    const half = nowMs - 120_000 + (DAY_MS + 120_000) / 2;
    expect(nextDueMs).toBeGreaterThanOrEqual(half - 0.1 * (DAY_MS + 120_000));
    expect(nextDueMs).toBeLessThanOrEqual(half + 0.1 * (DAY_MS + 120_000));
    expect(plan([gateway('shop-tls', ['b.example.com', 'a.example.com'])], [secret], nextDueMs).orders).toMatchObject([
      { reason: 'RenewalDue' },
    ]);
  });

  it('orders anew when hosts change, the issuer changes, or the Secret is damaged', async () => {
    expect(plan([gateway('shop-tls', ['a.example.com'])], [secret]).orders[0]!.reason).toBe('HostsChanged');
    const damaged = { ...secret, data: { ...secret.data, 'tls.key': '' } };
    const wanted = [gateway('shop-tls', ['a.example.com', 'b.example.com'])];
    expect(plan(wanted, [damaged]).orders[0]!.reason).toBe('Unusable');
    const renewed = await testIssuer(authority.root, nowMs + HOUR_MS, authority.issuer.keyPem);
    const after = planGatewayCertificates({ gateways: wanted, secrets: [secret], issuer: renewed, nowMs });
    expect(after.orders[0]!.reason).toBe('IssuerChanged');
    const both = { ...authority.issuer, trustPem: `${authority.issuer.trustPem}${renewed.trustPem}` };
    const trusting = planGatewayCertificates({ gateways: wanted, secrets: [secret], issuer: both, nowMs });
    expect(trusting.orders[0]!.reason).toBe('TrustChanged');
  });

  it('never touches a Secret that it did not make, and says so', () => {
    const foreign: Secret = { ...secret, metadata: { name: 'shop-tls', namespace: 'istio-prod' } };
    const { orders, unused, problems } = plan([gateway('shop-tls', ['c.example.com'])], [foreign]);
    expect(orders).toEqual([]);
    expect(unused).toEqual([]);
    expect(problems).toEqual(['Secret shop-tls was not made by citadel and is left alone']);
    expect(plan([], [foreign]).unused).toEqual([]);
  });

  it('names its own Secrets that nobody asks for any longer', () => {
    expect(plan([], [secret]).unused).toEqual(['shop-tls']);
  });

  it('cannot certify the host "*", but the others beside it', () => {
    const { orders, problems } = plan([gateway('any-tls', ['*', 'a.example.com'])]);
    expect(orders).toMatchObject([{ dnsNames: ['a.example.com'] }]);
    expect(problems).toEqual(['Secret any-tls: no certificate can name *']);
  });
});
