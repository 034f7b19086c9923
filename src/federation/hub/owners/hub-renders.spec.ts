import { renderAccessPoint } from '../../../accesspoint/render/render-access-point';
import { memberClusterKind } from '../../api';
import { conditionOf, eventually, TestFleet } from '../testing/test-fleet';

jest.setTimeout(90_000);

jest.mock('../../../accesspoint/render/render-access-point', () => {
  const actual = jest.requireActual<typeof import('../../../accesspoint/render/render-access-point')>(
    '../../../accesspoint/render/render-access-point',
  );
  return { ...actual, renderAccessPoint: jest.fn(actual.renderAccessPoint) };
});

const renders = jest.mocked(renderAccessPoint);
const rendered = (): string[] => [
  ...new Set(renders.mock.calls.map(([{ accessPoint, cluster }]) => `${accessPoint.metadata.name} ${cluster.name}`)),
];

describe('the hub renders', () => {
  let fleet: TestFleet;

  beforeAll(async () => {
    fleet = await TestFleet.start();
    const overrides = [{ object: { kind: 'Service' }, mergePatch: { metadata: { annotations: { note: 'x' } } } }];
    for (const name of ['one', 'two', 'three']) await fleet.createAccessPoint(name, { overrides });
    for (const name of ['one', 'two', 'three']) await fleet.complete(name);
  });

  afterAll(() => fleet.stop());

  it('only what an edit changes', async () => {
    renders.mockClear();
    await fleet.editAccessPoint('two', { runtime: { locality: { localPercent: 90 } } });
    await fleet.complete('two');
    expect(rendered().every((text) => text.startsWith('two '))).toBe(true);
    // Four clusters: admission tries the edit, the hub tries it, and each gets it once; what it ran before is remembered.
    expect(renders.mock.calls.length).toBe(12);
  });

  it('only what a fact changes: a new address of one cluster, in the gateway clusters that lead to it', async () => {
    renders.mockClear();
    const bundle = (await fleet.bundleOf('one', 'b-apps'))!;
    await fleet.report('b', bundle, { ...bundle.status, vip: '10.2.0.99' });
    await eventually(
      () => fleet.bundleOf('one', 'a-gateway'),
      (seen) => JSON.stringify(seen?.spec?.manifests).includes('10.2.0.99'),
    );
    expect(rendered().sort()).toEqual(['one a-gateway', 'one b-gateway']);
    expect(renders.mock.calls.length).toBe(2);
  });

  it('nothing when a label of a cluster changes that no placement looks at', async () => {
    renders.mockClear();
    await fleet.client.patch(
      memberClusterKind,
      'a-apps',
      undefined,
      { metadata: { labels: { x: 'y' } } },
      { type: 'merge' },
    );
    // An access point that comes later is looked at later.
    await fleet.createAccessPoint('later');
    await fleet.complete('later');
    expect(rendered().every((text) => text.startsWith('later '))).toBe(true);
  });

  it('nothing when another claims the same, and tells the loser', async () => {
    renders.mockClear();
    await fleet.createAccessPoint('loser', { hosts: ['one.shop.example.com'] });
    await eventually(
      () => fleet.readAccessPoint('loser'),
      (seen) => conditionOf(seen, 'Accepted') === 'False',
    );
    expect(rendered()).toEqual([]);
  });
});
