import { silentLogger, systemClock } from '../../kernel';
import { LeaderElection } from '../../kube';
import { SYSTEM_NAMESPACE } from '../api';
import { TestFleet } from './testing/test-fleet';

jest.setTimeout(90_000);

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start();
  await fleet.stopHub();
});

afterAll(() => fleet.stop());

function candidate(identity: string): LeaderElection {
  const { client } = fleet;
  const lease = { namespace: SYSTEM_NAMESPACE, name: 'flotilla-hub', identity };
  return new LeaderElection({
    client,
    ...lease,
    retryMs: 200,
    clock: systemClock,
    random: () => 0,
    logger: silentLogger,
  });
}

it('lets one of two hubs lead, and the other take over with a higher epoch', async () => {
  const elections = [candidate('one'), candidate('two')];
  const hubs = await Promise.all(elections.map((election) => fleet.newHub(election)));
  await fleet.createAccessPoint('checkout');
  await fleet.complete('checkout');
  const leaders = elections.filter(({ leadership }) => leadership.isLeader);
  expect(leaders).toHaveLength(1);
  const first = (await fleet.bundleOf('checkout', 'a-gateway'))?.spec?.epoch ?? 0;
  expect(first).toBeGreaterThan(0);

  await hubs[elections.indexOf(leaders[0]!)]!.close();
  await fleet.editAccessPoint('checkout', { runtime: { locality: { localPercent: 90 } } });
  await fleet.complete('checkout');
  expect((await fleet.bundleOf('checkout', 'a-gateway'))?.spec?.epoch).toBeGreaterThan(first);
  await Promise.all(hubs.map((hub) => hub.close()));
});
