import { silentLogger, systemClock } from '../../../kernel';
import { KubeClient } from '../../../kube';
import { type MemberCluster, memberClusterKind } from '../../api';
import { HubCaches, WorkloadCaches } from '../caches';
import { eventually, TestFleet } from '../testing/test-fleet';
import { ReleasedDeployments } from './released-deployments';

jest.setTimeout(90_000);

let fleet: TestFleet;
let caches: HubCaches;

beforeAll(async () => {
  fleet = await TestFleet.start();
  // Nobody writes but the test.
  await fleet.stopHub();
  const settings = {
    client: fleet.client,
    connect: (connection: ConstructorParameters<typeof KubeClient>[0]) => new KubeClient(connection),
    clock: systemClock,
    random: () => 0,
    logger: silentLogger,
  };
  caches = new HubCaches(settings, new WorkloadCaches(settings));
  await caches.start(new AbortController().signal);
});

afterAll(async () => {
  await caches.stop();
  await fleet.stop();
});

describe('federated deployments', () => {
  it('are looked at when a cluster changes, and not when only more is told of one', async () => {
    const atAll = jest.fn();
    new ReleasedDeployments(caches).follow({ at: jest.fn(), atAll, atAllSoon: jest.fn() });
    atAll.mockClear();
    const known = (): Promise<MemberCluster | undefined> => Promise.resolve(caches.clusters.get('a-apps'));
    const member = (await fleet.client.get<MemberCluster>(memberClusterKind, 'a-apps'))!;
    await fleet.client.replaceStatus(memberClusterKind, { ...member, status: { version: 'told' } });
    await eventually(known, (seen) => seen?.status?.version === 'told');
    expect(atAll).not.toHaveBeenCalled();
    await fleet.client.patch(memberClusterKind, 'a-apps', undefined, { spec: { paused: true } }, { type: 'merge' });
    await eventually(known, (seen) => seen?.spec?.paused === true);
    expect(atAll).toHaveBeenCalledTimes(1);
  });
});
