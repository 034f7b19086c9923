import { TestFleet } from '../testing/test-fleet';
import type { ChangePlan } from '../../plan';
import { coreKinds, type KubeObject } from '../../../kube/schema';
import { PlanServer } from './plan-server';

jest.setTimeout(60_000);

let fleet: TestFleet;
let server: PlanServer;
let token: string;

beforeAll(async () => {
  fleet = await TestFleet.start();
  server = await PlanServer.listen({ address: '127.0.0.1:0', client: fleet.client });
  token = /token: (\S+)/.exec(fleet.hubCluster.server.kubeconfig())![1]!;
});

afterAll(async () => {
  await server.close();
  await fleet.stop();
});

function ask(body: unknown, headers: Record<string, string> = { authorization: `Bearer ${token}` }): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(`${server.url}/api/v1/plans`, {
    method: 'POST',
    body: text,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

const checkout: KubeObject = {
  apiVersion: 'federation.flotilla.dev/v1alpha1',
  kind: 'AccessPoint',
  metadata: { name: 'checkout', namespace: 'shop' },
  spec: {
    mesh: 'prod',
    hosts: ['checkout.shop.example.com'],
    ports: [{ name: 'http', number: 80, protocol: 'HTTP' }],
    backend: { service: { name: 'checkout' }, selector: { app: 'checkout' } },
    placement: { zones: ['test/a', 'test/b'] },
  },
};

describe('POST /api/v1/plans', () => {
  it('answers what the change would do, and changes nothing', async () => {
    const response = await ask({ objects: [checkout] });
    expect(response.status).toBe(200);
    const plan = (await response.json()) as ChangePlan;
    expect(plan).toMatchObject({ kind: 'Plan', intent: [{ op: 'create', object: { kind: 'AccessPoint' } }] });
    expect(plan.clusters.map(({ cluster, state }) => `${cluster} ${state}`)).toContain('a-gateway ready');
    expect(await fleet.readAccessPoint('checkout')).toBeUndefined();
  });

  it('takes nobody who is not known, or may not plan', async () => {
    expect((await ask({ objects: [] }, {})).status).toBe(401);
    expect((await ask({ objects: [] }, { authorization: 'Bearer wrong' })).status).toBe(401);
    const account: KubeObject = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'guest', namespace: 'shop' },
    };
    const kind = await fleet.client.kindOf('v1', 'ServiceAccount');
    await fleet.client.create(kind, account);
    const answer = await fleet.client.request({
      method: 'POST',
      path: '/api/v1/namespaces/shop/serviceaccounts/guest/token',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [] } },
    } as never);
    const { status } = answer.body as { status: { token: string } };
    const refused = await ask({ objects: [] }, { authorization: `Bearer ${status.token}` });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      code: 'FLO3112',
      message: expect.stringContaining('guest') as string,
    });
  });

  it('says what is wrong with a body that it does not take', async () => {
    for (const [body, code] of [
      [{ objects: 'x' }, 400],
      [{ objects: [{ kind: 'AccessPoint' }] }, 400],
      [{ objects: [], more: 1 }, 400],
      [{ objects: [{ ...checkout, kind: 'Pod', apiVersion: 'v1' }] }, 400],
      ['{', 400],
      [`{"objects": [${'"x",'.repeat(1_000_000)}"x"]}`, 413],
    ] as const) {
      expect((await ask(body)).status).toBe(code);
    }
    expect((await fleet.client.list(coreKinds.namespace)).items.length).toBeGreaterThan(0);
  });

  it('carries no tokens in the clear beyond this machine', async () => {
    await expect(PlanServer.listen({ address: '0.0.0.0:0', client: fleet.client })).rejects.toThrow(/in the clear/);
    await expect(PlanServer.listen({ address: 'nonsense', client: fleet.client })).rejects.toThrow(/host:port/);
  });
});
