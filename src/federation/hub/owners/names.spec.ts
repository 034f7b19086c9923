import type { KubeObject } from '../../../kube/schema';
import { type NameService, nameServiceKind } from '../../../nameservice';
import { type Bundle, FEDERATION_API_VERSION } from '../../api';
import { objectsIn, recordInBundle } from '../../names';
import { eventually, TestFleet } from '../testing/test-fleet';

jest.setTimeout(120_000);

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start();
  await fleet.createAccessPoint('checkout');
  await fleet.complete('checkout');
  for (const [zone, gatewayAddress] of [
    ['a', '192.0.2.1'],
    ['b', '192.0.2.2'],
  ] as const) {
    const bundle = await fleet.bundleOf('checkout', `${zone}-gateway`);
    await fleet.report(zone, bundle!, { ...bundle!.status, gatewayAddress });
  }
  await fleet.until('checkout', ({ status }) => {
    const rows = status?.clusters ?? [];
    return rows.filter(({ gatewayAddress }) => gatewayAddress !== undefined).length === 2;
  });
});

afterAll(() => fleet.stop());

const TTL_SECONDS = 2;

async function create(name: string, spec: Record<string, unknown> = {}): Promise<void> {
  const object: KubeObject = {
    apiVersion: FEDERATION_API_VERSION,
    kind: 'NameService',
    metadata: { name, namespace: 'shop' },
    spec: {
      ...{ mesh: 'prod', fqdn: `${name}.global.example`, ttlSeconds: TTL_SECONDS },
      targets: [{ accessPointRef: { name: 'checkout' } }],
      ...spec,
    },
  };
  await fleet.client.create(nameServiceKind, object as NameService);
}

const edit = (name: string, spec: Record<string, unknown>): Promise<unknown> =>
  fleet.client.patch(nameServiceKind, name, 'shop', { spec }, { type: 'merge' });

/** Plays the zones until the name is as wanted. */
async function until(name: string, check: (service: NameService) => boolean): Promise<NameService> {
  const read = async (): Promise<NameService | undefined> => {
    await fleet.reportApplied();
    return fleet.client.get<NameService>(nameServiceKind, name, 'shop');
  };
  return (await eventually(read, (service) => service !== undefined && check(service)))!;
}

function condition({ status }: NameService, type: string): string | undefined {
  return status?.conditions?.find((candidate) => candidate.type === type)?.reason;
}

const complete = (name: string): Promise<NameService> =>
  until(
    name,
    (service) =>
      condition(service, 'RolloutComplete') === 'Complete' &&
      service.status?.observedGeneration === service.metadata.generation,
  );

const bundleOf = (name: string): Promise<Bundle | undefined> => fleet.bundleOf(name, 'a-gateway');

/** Addresses of the WorkloadEntries in zone a, and the hosts of the ServiceEntry. */
async function meshOf(name: string): Promise<{ addresses: string[]; hosts: string[] }> {
  const objects = objectsIn(await bundleOf(name)) as KubeObject<{ address: string; hosts: string[] }>[];
  return {
    addresses: objects.flatMap(({ kind, spec }) => (kind === 'WorkloadEntry' ? [spec!.address] : [])),
    hosts: objects.flatMap(({ kind, spec }) => (kind === 'ServiceEntry' ? spec!.hosts : [])),
  };
}

describe('a name on the hub', () => {
  it('reaches every zone by a rollout, and its status tells what each client zone is told', async () => {
    await create('pay');
    const { status } = await complete('pay');
    expect(status!.clusters!.map(({ cluster, phase }) => [cluster, phase])).toEqual([
      ['a-gateway', 'Applied'],
      ['b-gateway', 'Applied'],
    ]);
    expect(status!.currentRevision).toBe(status!.targetRevision);
    expect(status!.answers).toEqual([
      { clientZone: 'test/a', shares: { '192.0.2.1': 0.99, '192.0.2.2': 0.01 } },
      { clientZone: 'test/b', shares: { '192.0.2.2': 0.99, '192.0.2.1': 0.01 } },
    ]);
    expect((await meshOf('pay')).addresses).toEqual(['10.1.0.10', '10.2.0.10']);
  });

  it('tells why a target is out, since when and for whom, and what that zone is told instead', async () => {
    const bundle = await bundleOf('pay');
    const member = (zone: string, healthy: boolean) => ({
      ...{ id: `shop/checkout@${zone}`, zone, address: '192.0.2.2', healthy },
      ...{ reason: healthy ? 'Serving' : 'CheckFailed', since: '2026-01-01T00:00:00Z' },
      ...(healthy ? {} : { message: 'connecting to 192.0.2.2:80: refused' }),
    });
    const members = [member('test/a', true), member('test/b', false)];
    await fleet.report('a', bundle!, { ...bundle!.status, members });
    const { status } = await until('pay', (service) => condition(service, 'Healthy') === 'SomeUnhealthy');
    expect(status!.targets![1]).toEqual({
      ...{ target: 'shop/checkout', zone: 'test/b', address: '192.0.2.2', healthy: false },
      ...{ since: '2026-01-01T00:00:00Z', reason: 'connecting to 192.0.2.2:80: refused', unhealthyFrom: ['test/a'] },
    });
    expect(status!.answers![0]).toEqual({ clientZone: 'test/a', shares: { '192.0.2.1': 1 } });
    const after = await bundleOf('pay');
    await fleet.report('a', after!, { ...after!.status, members: [member('test/a', true), member('test/b', true)] });
    await until('pay', (service) => condition(service, 'Healthy') === 'Healthy');
  });

  it('is refused by admission when its mesh is unknown, and told who owns it when it is taken', async () => {
    await expect(create('nowhere', { mesh: 'nowhere' })).rejects.toThrow('there is no mesh "nowhere"');
    await create('rival', { fqdn: 'PAY.global.example' });
    const rival = await until('rival', (service) => condition(service, 'Accepted') !== undefined);
    expect(rival.status!.conditions!.find(({ type }) => type === 'Accepted')).toMatchObject({
      ...{ status: 'False', reason: 'Conflict' },
      message: expect.stringContaining('pay.global.example belongs to NameService shop/pay') as string,
    });
    await create('host', { fqdn: 'checkout.shop.example.com' });
    const host = await until('host', (service) => condition(service, 'Accepted') === 'Conflict');
    expect(host.status!.errors!.join()).toContain('AccessPoint shop/checkout');
    expect(await fleet.bundlesOf('a', 'rival')).toEqual([]);
    await fleet.client.delete(nameServiceKind, 'host', 'shop');
  });

  it('lets a target leave DNS a TTL before it leaves the mesh', async () => {
    await edit('pay', { targets: [{ accessPointRef: { name: 'checkout' } }, { fqdn: 'spare.example.net' }] });
    await complete('pay');
    expect((await meshOf('pay')).addresses).toContain('spare.example.net');
    await edit('pay', { targets: [{ accessPointRef: { name: 'checkout' } }] });
    const leaving = await eventually(
      async () => recordInBundle(await bundleOf('pay')),
      (record) => record?.members.some(({ leavesAt }) => leavesAt !== undefined) === true,
    );
    const leavesMs = Date.parse(leaving!.members.find(({ leavesAt }) => leavesAt !== undefined)!.leavesAt!);
    expect((await meshOf('pay')).addresses).toContain('spare.example.net');
    const service = await complete('pay');
    expect(service.status!.answers![0]!.shares).not.toHaveProperty('spare.example.net');
    await eventually(
      () => meshOf('pay'),
      ({ addresses }) => !addresses.includes('spare.example.net'),
    );
    expect(Date.now()).toBeGreaterThanOrEqual(leavesMs);
  });

  it('keeps its old name in the mesh for a TTL when it is renamed', async () => {
    await edit('pay', { fqdn: 'pay-now.global.example' });
    await eventually(
      () => meshOf('pay'),
      ({ hosts }) => hosts.join() === 'pay-now.global.example,pay.global.example',
    );
    expect(recordInBundle(await bundleOf('pay'))!.fqdn).toBe('pay-now.global.example');
    await complete('pay');
    await eventually(
      () => meshOf('pay'),
      ({ hosts }) => hosts.join() === 'pay-now.global.example',
    );
    // The name is free now, and whoever wanted it has it.
    await complete('rival');
  });

  it('goes on where it was when the hub comes back', async () => {
    const before = (await bundleOf('pay'))!.metadata.resourceVersion;
    await fleet.stopHub();
    await fleet.startHub();
    const service = await complete('pay');
    expect(condition(service, 'Ready')).toBe('Answered');
    expect((await bundleOf('pay'))!.metadata.resourceVersion).toBe(before);
  });

  it('leaves DNS at once and the mesh a TTL later when it is deleted', async () => {
    await fleet.client.delete(nameServiceKind, 'rival', 'shop');
    const deletedMs = Date.now();
    await eventually(
      async () => recordInBundle(await bundleOf('rival')),
      (record) => record?.withdrawn === true,
    );
    expect((await meshOf('rival')).addresses).toHaveLength(2);
    await eventually(
      () => fleet.client.get(nameServiceKind, 'rival', 'shop'),
      (service) => service === undefined,
    );
    expect(Date.now() - deletedMs).toBeGreaterThanOrEqual(TTL_SECONDS * 1000 - 50);
    expect(await fleet.bundlesOf('a', 'rival')).toEqual([]);
    expect(await fleet.bundlesOf('b', 'rival')).toEqual([]);
  });
});
