import type { ContractWorld } from './contract-world';
import { bind } from './objects-contract';

/** Services: what the server fills in, the addresses and ports it gives out, what it refuses. */
export function serviceContract(world: () => ContractWorld): void {
  it('completes Services and gives them addresses of their own', async () => {
    const { client, core } = bind(world());
    const service = (name: string, spec: object): object => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec,
    });
    const first = await client.post(
      core('services'),
      service('first', { selector: { app: 'x' }, ports: [{ port: 80 }] }),
    );
    expect(first.json.spec).toMatchObject({
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ipFamilyPolicy: 'SingleStack',
      ipFamilies: ['IPv4'],
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    });
    const address = String(first.json.spec.clusterIP);
    expect(address).toMatch(/^10\.96\./);
    expect(first.json.spec.clusterIPs).toEqual([address]);
    expect(
      (await client.post(core('services'), service('second', { ports: [{ port: 80 }], clusterIP: address }))).status,
    ).toBe(422);
    expect(
      (
        await client.patch(core('services', 'first'), 'merge', {
          spec: { clusterIP: '10.96.200.200', clusterIPs: ['10.96.200.200'] },
        })
      ).status,
    ).toBe(422);
    const headless = await client.post(
      core('services'),
      service('headless', { ports: [{ port: 80 }], clusterIP: 'None' }),
    );
    expect(headless.json.spec.clusterIP).toBe('None');
    const balanced = await client.post(
      core('services'),
      service('balanced', { type: 'LoadBalancer', ports: [{ port: 80 }] }),
    );
    expect((balanced.json.spec.ports as { nodePort: number }[])[0]?.nodePort).toBeGreaterThanOrEqual(30_000);
    await client.delete(core('services', 'first'));
    expect(
      (await client.post(core('services'), service('third', { ports: [{ port: 80 }], clusterIP: address }))).status,
    ).toBe(201);
  });

  it.each([
    ['no ports', { selector: { a: 'b' } }, 'spec.ports'],
    ['a port out of range', { ports: [{ port: 99_999 }] }, 'spec.ports[0].port'],
    ['several ports without names', { ports: [{ port: 1 }, { port: 2 }] }, 'spec.ports[0].name'],
    [
      'one name twice',
      {
        ports: [
          { name: 'a', port: 1 },
          { name: 'a', port: 2 },
        ],
      },
      'spec.ports[1].name',
    ],
    ['an unknown type', { type: 'Other', ports: [{ port: 1 }] }, 'spec.type'],
  ])('refuses a Service with %s', async (_what, spec, field) => {
    const { client, core } = bind(world());
    const { json } = await client.post(core('services'), {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'refused' },
      spec,
    });
    expect(json).toMatchObject({ code: 422, reason: 'Invalid' });
    expect((json.details?.causes ?? []).map((cause) => cause.field)).toContain(field);
  });

  it('is found by its clients inside the cluster as default/kubernetes', async () => {
    const { client } = world();
    const path = '/api/v1/namespaces/default/services/kubernetes';
    await world().eventually(async () => (await client.get(path)).status === 200);
    const { json } = await client.get(path);
    expect(json.metadata.labels).toEqual({ component: 'apiserver', provider: 'kubernetes' });
    expect(json.spec).toMatchObject({
      ...{ type: 'ClusterIP', clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'] },
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: expect.any(Number) as number }],
    });
    expect(json.spec.selector).toBeUndefined();
  });
}
