import type { Secret } from '../../istio';
import { matchesPublicKey, parseChain } from '../authority';
import { testAuthority, testIssuer } from '../testing/test-authority';
import { planCacerts } from './plan-cacerts';

const nowMs = Date.UTC(2026, 5, 1);

function field(secret: Secret, name: string): string {
  return Buffer.from(secret.data?.[name] ?? '', 'base64').toString('utf8');
}

describe('planCacerts', () => {
  it('gives an upstream istiod the zone intermediate in the fields that it reads', async () => {
    const { issuer, root } = await testAuthority(nowMs);
    const plan = planCacerts('istio-system', issuer, undefined);
    if (plan.kind !== 'write') throw new Error(plan.kind);
    const { secret } = plan;
    const [own] = parseChain(field(secret, 'ca-cert.pem'));
    expect(matchesPublicKey(field(secret, 'ca-key.pem'), own!.publicKey)).toBe(true);
    expect(parseChain(field(secret, 'cert-chain.pem'))).toHaveLength(2);
    expect(field(secret, 'root-cert.pem')).toBe(root.certificatePem);
    expect(planCacerts('istio-system', issuer, secret)).toEqual({ kind: 'keep' });
  });

  it('writes again when the intermediate or the trusted roots change, and never over what others plugged in', async () => {
    const { issuer, root } = await testAuthority(nowMs);
    const plan = planCacerts('istio-system', issuer, undefined);
    if (plan.kind !== 'write') throw new Error(plan.kind);
    const found = { ...plan.secret, metadata: { ...plan.secret.metadata, resourceVersion: '7' } };
    const renewed = await testIssuer(root, nowMs, issuer.keyPem);
    expect(planCacerts('istio-system', renewed, found)).toMatchObject({
      ...{ kind: 'write', secret: { metadata: { resourceVersion: '7' } } },
    });
    const foreign: Secret = { ...found, metadata: { name: 'cacerts', namespace: 'istio-system' } };
    expect(planCacerts('istio-system', renewed, foreign)).toEqual({ kind: 'foreign' });
  });
});
