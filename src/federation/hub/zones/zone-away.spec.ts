import { accessPointKind } from '../../../accesspoint';
import { applied, conditionOf, eventually, TestFleet } from '../testing/test-fleet';

jest.setTimeout(90_000);

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start();
});

afterAll(() => fleet.stop());

describe('a zone that is away', () => {
  it('keeps what it has, delays nobody, gets what it missed, and lets go of what was deleted meanwhile', async () => {
    await fleet.createAccessPoint('stays');
    await fleet.createAccessPoint('goes');
    await fleet.complete('stays');
    await fleet.complete('goes');
    await fleet.stopZone('b');
    await eventually(
      () => fleet.readAccessPoint('stays'),
      (seen) => seen?.status?.clusters?.find(({ cluster }) => cluster === 'b-apps')?.message !== undefined,
    );
    await fleet.editAccessPoint('stays', { runtime: { locality: { localPercent: 95 } } });
    await fleet.client.delete(accessPointKind, 'goes', 'shop');
    const held = await eventually(
      async () => {
        for (const bundle of await fleet.bundlesOf('a')) {
          if (bundle.status?.appliedDigest !== bundle.spec?.digest)
            await fleet.report('a', bundle, applied(bundle, '10.1.0.10'));
        }
        return fleet.readAccessPoint('stays');
      },
      (seen) => seen?.status?.conditions?.some(({ reason }) => reason === 'Held') === true,
    );
    const rows = new Map(held!.status!.clusters!.map((row) => [row.cluster, row]));
    expect(rows.get('a-gateway')?.revision).toBe(held!.status?.targetRevision);
    expect(rows.get('b-gateway')?.revision).not.toBe(held!.status?.targetRevision);
    expect(rows.get('b-apps')?.vip).toBe('10.2.0.10');
    expect(conditionOf(await fleet.readAccessPoint('goes'), 'Accepted')).toBe('True');
    await fleet.startZone('b');
    await fleet.complete('stays');
    await eventually(
      () => fleet.readAccessPoint('goes'),
      (seen) => seen === undefined,
    );
    expect(await fleet.bundlesOf('b', 'goes')).toEqual([]);
  });
});
