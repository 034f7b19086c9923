import { type Revision, revisionKind } from '../api';
import { conditionOf, eventually, TestFleet } from './testing/test-fleet';

jest.setTimeout(60_000);

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start({ admission: false });
});

afterAll(() => fleet.stop());

describe('a hub behind an API server that does not ask it', () => {
  it('refuses a written intent by condition, and keeps every cluster on the last accepted revision', async () => {
    await fleet.createAccessPoint('checkout');
    const { status: before } = await fleet.complete('checkout');
    for (const wrong of ['test/x', 'test/y', 'test/z']) {
      await fleet.editAccessPoint('checkout', { placement: { zones: [wrong] } });
      const refused = await eventually(
        () => fleet.readAccessPoint('checkout'),
        (seen) => conditionOf(seen, 'Accepted') === 'False',
      );
      const accepted = refused?.status?.conditions?.find(({ type }) => type === 'Accepted');
      expect(accepted?.message).toMatch(`spec.placement.zones[0]: no cluster of mesh "prod" stands in zone "${wrong}"`);
      expect(refused?.status?.targetRevision).toBe(before?.targetRevision);
      await fleet.editAccessPoint('checkout', { placement: { zones: ['test/a', 'test/b'] } });
      const after = await fleet.complete('checkout');
      expect(after.status?.currentRevision).toBe(before?.currentRevision);
    }
    const revisions = await fleet.client.list<Revision>(revisionKind, { namespace: 'shop' });
    expect(revisions.items.map(({ spec }) => spec?.mesh)).toEqual(['prod']);
  });
});
