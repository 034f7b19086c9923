import type { AccessPoint } from '../../../accesspoint';
import { coreKinds, type KubeObject } from '../../../kube/schema';
import { type MemberCluster, memberClusterKind } from '../../api';
import { conditionOf, eventually, member, TestFleet } from '../testing/test-fleet';
import { definitionOf, placementDecision, resourceBinding, type WorkloadKind } from '../testing/workload-kinds';

jest.setTimeout(90_000);

/** A hub whose API server takes whatever fits the schema: an access point may then come before what it follows. */
let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start({ admission: false });
});

afterAll(() => fleet.stop());

async function install(kind: WorkloadKind): Promise<void> {
  await fleet.client.create(coreKinds.customResourceDefinition, definitionOf(kind));
  await eventually(
    () => fleet.client.kindOf(`${kind.group}/${kind.version}`, kind.kind),
    (found) => found !== undefined,
  );
}

const clustersOf = (seen: AccessPoint | undefined): string[] =>
  (seen?.status?.clusters ?? []).map(({ cluster }) => cluster);
const acceptedMessage = (seen: AccessPoint | undefined): string =>
  seen?.status?.conditions?.find(({ type }) => type === 'Accepted')?.message ?? '';

async function decide(name: string, clusters: readonly string[]): Promise<void> {
  const status = { decisions: clusters.map((clusterName) => ({ clusterName, reason: '' })) };
  const apiVersion = `${placementDecision.group}/${placementDecision.version}`;
  const object: KubeObject = { apiVersion, kind: placementDecision.kind, metadata: { name, namespace: 'shop' } };
  const there = await fleet.client.get<KubeObject>(placementDecision, name, 'shop');
  const stored = there ?? (await fleet.client.create(placementDecision, object));
  await fleet.client.replaceStatus(placementDecision, { ...stored, status });
}

describe('an access point that follows an OCM PlacementDecision', () => {
  it('waits for a kind that is not installed, and for its object, and then goes by itself', async () => {
    await fleet.createAccessPoint('early', {
      placement: { workloadRef: { kind: 'PlacementDecision', name: 'early' } },
    });
    const waiting = await eventually(
      () => fleet.readAccessPoint('early'),
      (seen) => conditionOf(seen, 'Accepted') === 'False',
    );
    expect(acceptedMessage(waiting)).toContain('there is no PlacementDecision "early" in namespace "shop"');
    await install(placementDecision);
    await decide('early', ['a-apps']);
    expect(clustersOf(await fleet.complete('early'))).toEqual(['a-apps', 'a-gateway']);
  });

  it('moves when the decision moves, cluster by cluster', async () => {
    await decide('early', ['b-apps']);
    const moved = await fleet.until('early', (seen) => clustersOf(seen).every((name) => name.startsWith('b-')));
    expect(clustersOf(moved)).toEqual(['b-apps', 'b-gateway']);
    expect(await fleet.bundlesOf('a', 'early')).toEqual([]);
  });

  it('keeps what it has when the decision names only clusters that the fleet does not have', async () => {
    await decide('early', ['mars']);
    const refused = await fleet.until('early', (seen) => conditionOf(seen, 'Accepted') === 'False');
    expect(acceptedMessage(refused)).toContain('no cluster of the fleet fits the placement');
    expect(await fleet.bundlesOf('b', 'early')).toHaveLength(2);
    await decide('early', ['a-apps', 'b-apps']);
    const grown = await fleet.until('early', (seen) => clustersOf(seen).includes('a-apps'));
    expect(clustersOf(grown)).toEqual(['a-apps', 'a-gateway', 'b-apps', 'b-gateway']);
  });
});

describe('an access point that follows a Karmada ResourceBinding', () => {
  it('is not moved when the kind of another system goes away', async () => {
    await install(resourceBinding);
    const apiVersion = `${resourceBinding.group}/${resourceBinding.version}`;
    const metadata = { name: 'web', namespace: 'shop' };
    const spec = { clusters: [{ name: 'a-apps', replicas: 2 }] };
    await fleet.client.create(resourceBinding, { apiVersion, kind: resourceBinding.kind, metadata, spec });
    await fleet.createAccessPoint('web', { placement: { workloadRef: { kind: 'ResourceBinding', name: 'web' } } });
    expect(clustersOf(await fleet.complete('web'))).toEqual(['a-apps', 'a-gateway']);
    await fleet.client.delete(
      coreKinds.customResourceDefinition,
      `${placementDecision.plural}.${placementDecision.group}`,
    );
    await fleet.editAccessPoint('web', { runtime: { locality: { localPercent: 90 } } });
    expect(clustersOf(await fleet.complete('web'))).toEqual(['a-apps', 'a-gateway']);
  });
});

describe('a fleet that changes', () => {
  it('takes a cluster that joins a named zone, and lets one go that leaves', async () => {
    await fleet.createAccessPoint('growing');
    await fleet.complete('growing');
    await fleet.client.create(memberClusterKind, member('b-more-apps', 'b', 'Workload') as MemberCluster);
    const grown = await fleet.until('growing', (seen) => clustersOf(seen).includes('b-more-apps'));
    expect(clustersOf(grown)).toEqual(['a-apps', 'a-gateway', 'b-apps', 'b-gateway', 'b-more-apps']);
    await fleet.complete('growing');
    expect(await fleet.bundlesOf('b', 'growing')).toHaveLength(3);
    await fleet.client.delete(memberClusterKind, 'b-more-apps');
    await fleet.until('growing', (seen) => !clustersOf(seen).includes('b-more-apps'));
    expect((await fleet.bundlesOf('b', 'growing')).map(({ spec }) => spec?.cluster)).toEqual(['b-apps', 'b-gateway']);
  });

  it('holds changes for a paused cluster, and brings them when it goes on', async () => {
    await fleet.createAccessPoint('held');
    const before = await fleet.complete('held');
    const pause = (paused: boolean): Promise<unknown> =>
      fleet.client.patch(memberClusterKind, 'b-apps', undefined, { spec: { paused } }, { type: 'merge' });
    await pause(true);
    await fleet.editAccessPoint('held', { ports: [{ name: 'http', number: 81, protocol: 'HTTP' }] });
    const held = await fleet.until(
      'held',
      (seen) => seen.status?.conditions?.some(({ reason }) => reason === 'Held') === true,
    );
    const rows = new Map((held.status?.clusters ?? []).map(({ cluster, revision }) => [cluster, revision]));
    expect(rows.get('b-apps')).toBe(before.status?.targetRevision);
    expect(rows.get('a-apps')).toBe(held.status?.targetRevision);
    await pause(false);
    const done = await fleet.complete('held');
    expect((done.status?.clusters ?? []).every(({ revision }) => revision === held.status?.targetRevision)).toBe(true);
  });
});
