import { type AccessPoint, accessPointKind } from '../../../accesspoint';
import type { KubeObject } from '../../../kube/schema';
import { type AddressPool, addressPoolKind, FEDERATION_API_VERSION } from '../../api';
import { conditionOf, eventually, TestFleet } from '../testing/test-fleet';

jest.setTimeout(90_000);

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start();
});

afterAll(() => fleet.stop());

async function createPool(name: string, ranges: Readonly<Record<string, string[]>>): Promise<void> {
  const spec = { zones: Object.entries(ranges).map(([zone, list]) => ({ zone, ranges: list })) };
  const pool: KubeObject = { apiVersion: FEDERATION_API_VERSION, kind: 'AddressPool', metadata: { name }, spec };
  await fleet.client.create(addressPoolKind, pool as AddressPool);
}

function readPool(name: string): Promise<AddressPool | undefined> {
  return fleet.client.get<AddressPool>(addressPoolKind, name);
}

/** `owner zone address` of everything that a pool gave. */
async function givenBy(name: string): Promise<string[]> {
  const { status } = (await readPool(name)) ?? {};
  return (status?.allocations ?? []).map(({ owner, zone, address }) => `${owner.split('/')[2]} ${zone} ${address}`);
}

const dedicated = (pool: string): Record<string, unknown> => ({ gateway: { address: { mode: 'Dedicated', pool } } });
const remove = (name: string): Promise<unknown> => fleet.client.delete(accessPointKind, name, 'shop');

function messageOf(seen: AccessPoint | AddressPool | undefined, type: string): string | undefined {
  return seen?.status?.conditions?.find((condition) => condition.type === type)?.message;
}

describe('addresses', () => {
  it('come from several pools whose ranges overlap without a conflict, one of each family', async () => {
    await createPool('first', {
      'test/a': ['192.0.2.1-192.0.2.3', '2001:db8::1-2001:db8::9'],
      'test/b': ['192.0.2.20'],
    });
    await createPool('second', { 'test/a': ['192.0.2.1-192.0.2.3'], 'test/b': ['192.0.2.21'] });
    await fleet.createAccessPoint('ann', dedicated('first'));
    await eventually(
      () => givenBy('first'),
      (given) => given.length === 3,
    );
    await fleet.createAccessPoint('ben', dedicated('second'));
    await eventually(
      () => givenBy('second'),
      (given) => given.length === 2,
    );
    expect(await givenBy('first')).toEqual(['ann test/a 192.0.2.1', 'ann test/b 192.0.2.20', 'ann test/a 2001:db8::1']);
    expect(await givenBy('second')).toEqual(['ben test/a 192.0.2.2', 'ben test/b 192.0.2.21']);
  });

  it('stay with their owners over a restart of the hub, also when a lower one is free again', async () => {
    await fleet.createAccessPoint('cid', dedicated('second'));
    await eventually(
      () => givenBy('second'),
      (given) => given.includes('cid test/a 192.0.2.3'),
    );
    await remove('ann');
    await eventually(
      () => givenBy('first'),
      (given) => given.length === 0,
    );
    await fleet.stopHub();
    await fleet.startHub();
    await fleet.editAccessPoint('cid', { runtime: { locality: { localPercent: 98 } } });
    await eventually(
      () => fleet.readAccessPoint('cid'),
      (seen) => seen?.status?.observedGeneration === seen?.metadata.generation,
    );
    expect((await givenBy('second')).slice(0, 2)).toEqual(['ben test/a 192.0.2.2', 'ben test/b 192.0.2.21']);
    expect(await givenBy('second')).toContain('cid test/a 192.0.2.3');
  });

  it('run out: the pool says for whom, the access point says where, and both are well when one is given back', async () => {
    const pool = await eventually(
      () => readPool('second'),
      (seen) => messageOf(seen, 'Ready')?.includes('cid') === true,
    );
    expect(pool?.status?.conditions?.[0]).toMatchObject({ type: 'Ready', status: 'False', reason: 'Exhausted' });
    expect(messageOf(pool, 'Ready')).toBe('no address is left for AccessPoint/shop/cid in test/b');
    const waiting = await fleet.until('cid', (seen) => messageOf(seen, 'AddressAssigned')?.includes('second') === true);
    expect(messageOf(waiting, 'AddressAssigned')).toContain('AddressPool second has given no address for test/b');
    await remove('ben');
    await eventually(
      () => givenBy('second'),
      (given) => given.includes('cid test/b 192.0.2.21'),
    );
    await fleet.until('cid', (seen) => conditionOf(seen, 'AddressAssigned') === 'True');
    expect((await readPool('second'))?.status?.conditions?.[0]?.status).toBe('True');
  });

  it('that somebody writes out are not given to others', async () => {
    const services = [{ metadata: { name: 'front' }, spec: { loadBalancerIP: '192.0.2.31', ports: [{ port: 80 }] } }];
    await fleet.createAccessPoint('dan', { traffic: { services } });
    await fleet.complete('dan');
    await createPool('third', { 'test/a': ['192.0.2.31-192.0.2.32'], 'test/b': ['192.0.2.41'] });
    await fleet.createAccessPoint('eve', dedicated('third'));
    await eventually(
      () => givenBy('third'),
      (given) => given.length === 2,
    );
    expect(await givenBy('third')).toEqual(['eve test/a 192.0.2.32', 'eve test/b 192.0.2.41']);
  });
});

describe('a conflict', () => {
  const host = { hosts: ['shared.shop.example.com'] };

  it('is decided the same after a restart of the hub, whoever is read first', async () => {
    await fleet.createAccessPoint('zoe', host);
    await fleet.complete('zoe');
    await fleet.createAccessPoint('amy', host);
    const lost = async (): Promise<AccessPoint | undefined> => fleet.readAccessPoint('amy');
    await eventually(lost, (seen) => conditionOf(seen, 'Accepted') === 'False');
    await fleet.stopHub();
    await fleet.startHub();
    await fleet.editAccessPoint('zoe', { runtime: { locality: { localPercent: 97 } } });
    await fleet.complete('zoe');
    expect(messageOf(await lost(), 'Accepted')).toContain('belongs to access point shop/zoe');
    expect(await fleet.bundlesOf('a', 'amy')).toEqual([]);
  });

  it('ends when the winner gives the host up', async () => {
    await fleet.editAccessPoint('zoe', { hosts: ['other.shop.example.com'] });
    await fleet.complete('zoe');
    await fleet.complete('amy');
    expect(conditionOf(await fleet.readAccessPoint('amy'), 'Accepted')).toBe('True');
  });

  it('between two that were written while no hub ran, in one second, goes to the name that sorts first', async () => {
    await fleet.stopHub();
    const clash = { hosts: ['one.second.example.com'] };
    await Promise.all([fleet.createAccessPoint('late', clash), fleet.createAccessPoint('early', clash)]);
    const [late, early] = [await fleet.readAccessPoint('late'), await fleet.readAccessPoint('early')];
    await fleet.startHub();
    const sameSecond = late?.metadata.creationTimestamp === early?.metadata.creationTimestamp;
    const isOlder = (late?.metadata.creationTimestamp ?? '') < (early?.metadata.creationTimestamp ?? '');
    const [winner, loser] = !sameSecond && isOlder ? ['late', 'early'] : ['early', 'late'];
    await fleet.complete(winner);
    const refused = await eventually(
      () => fleet.readAccessPoint(loser),
      (seen) => conditionOf(seen, 'Accepted') === 'False',
    );
    expect(messageOf(refused, 'Accepted')).toContain(`belongs to access point shop/${winner}`);
    await remove(winner);
    await fleet.complete(loser);
  });
});
