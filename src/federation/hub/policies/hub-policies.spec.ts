import { nameServiceKind, type NameService } from '../../../nameservice';
import {
  memberClusterKind,
  type PlacementPolicy,
  placementPolicyKind,
  type RolloutPolicy,
  rolloutPolicyKind,
} from '../../api';
import { hubObject } from '../testing/hub-object';
import { eventually, TestFleet } from '../testing/test-fleet';

jest.setTimeout(90_000);

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start();
});

afterAll(() => fleet.stop());

function ready(object: PlacementPolicy | RolloutPolicy | undefined): string {
  const condition = object?.status?.conditions?.find(({ type }) => type === 'Ready');
  return `${condition?.status} ${condition?.reason}: ${condition?.message}`;
}

const readPlacement = () => fleet.client.get<PlacementPolicy>(placementPolicyKind, 'early');
const readRollout = () => fleet.client.get<RolloutPolicy>(rolloutPolicyKind, 'careful');

describe('a placement policy', () => {
  it('tells which clusters it chooses from as the fleet and the policy change', async () => {
    const spec = { clusterSelector: { matchLabels: { ring: 'early' } } };
    await fleet.client.create(placementPolicyKind, hubObject('PlacementPolicy', 'early', spec) as PlacementPolicy);
    const nothing = await eventually(readPlacement, (seen) => seen?.status !== undefined);
    expect(ready(nothing)).toBe('False NoClusters: its clusterSelector fits none of 4 clusters');
    expect(nothing?.status).toMatchObject({ observedGeneration: 1, clusterCount: 0, clusters: [] });

    const labels = { metadata: { labels: { ring: 'early' } } };
    await fleet.client.patch(memberClusterKind, 'b-apps', undefined, labels, { type: 'merge' });
    const chosen = await eventually(readPlacement, (seen) => seen?.status?.clusterCount === 1);
    expect(chosen?.status?.clusters).toEqual(['b-apps']);
    expect(ready(chosen)).toBe('True ClustersFit: 1 cluster fits');

    const other = { spec: { clusterSelector: null, zones: ['test/a'] } };
    await fleet.client.patch(placementPolicyKind, 'early', undefined, other, { type: 'merge' });
    const moved = await eventually(readPlacement, (seen) => seen?.status?.observedGeneration === 2);
    expect(moved?.status?.clusters).toEqual(['a-apps']);
  });
});

describe('a rollout policy', () => {
  it('names the stage that can match no cluster until one comes', async () => {
    const stages = [{ name: 'first', selector: { matchLabels: { ring: 'canary' } } }, { name: 'others' }];
    await fleet.client.create(rolloutPolicyKind, hubObject('RolloutPolicy', 'careful', { stages }) as RolloutPolicy);
    const wrong = await eventually(readRollout, (seen) => seen?.status !== undefined);
    expect(ready(wrong)).toBe('False StageWithoutClusters: stage first: its selector fits none of 4 clusters');
    expect(wrong?.status?.owners).toBe(0);

    const labels = { metadata: { labels: { ring: 'canary' } } };
    await fleet.client.patch(memberClusterKind, 'a-apps', undefined, labels, { type: 'merge' });
    const right = await eventually(readRollout, (seen) => ready(seen).startsWith('True'));
    expect(ready(right)).toBe('True StagesFit: each stage can match clusters of the hub');
  });

  it('counts who refers to it, as they come and go', async () => {
    const owners = (count: number) => eventually(readRollout, (seen) => seen?.status?.owners === count);
    const rollout = { policyRef: { name: 'careful' } };
    await fleet.createAccessPoint('one', { rollout });
    await fleet.createAccessPoint('two');
    await owners(1);
    await fleet.editAccessPoint('two', { rollout });
    await owners(2);
    const spec = { mesh: 'prod', fqdn: 'one.global.example', targets: [{ accessPointRef: { name: 'one' } }], rollout };
    const name = hubObject('NameService', 'global', spec, 'shop');
    await fleet.client.create(nameServiceKind, name as NameService);
    await owners(3);
    await fleet.editAccessPoint('two', { rollout: null });
    await owners(2);
  });

  it('is not written again while its owners are released', async () => {
    const before = await readRollout();
    await fleet.complete('one');
    await fleet.complete('two');
    expect((await readRollout())?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
  });
});
