import { ManualClock, silentLogger } from '../../kernel';
import { KubeClient } from '../client/kube-client';
import { coreKinds } from '../schema';
import { eventually } from '../testing/eventually';
import { ScriptedApiServer } from '../testing/scripted-api-server';
import { LeaderElection } from './leader-election';
import { decideLease, type Lease } from './lease-decision';

const { lease } = coreKinds;
let server: ScriptedApiServer;
let clock: ManualClock;
let clients: KubeClient[];
let elections: LeaderElection[];
let changes: string[];

beforeEach(async () => {
  clock = new ManualClock();
  server = await ScriptedApiServer.start([lease]);
  [clients, elections, changes] = [[], [], []];
});

afterEach(async () => {
  await Promise.all(elections.map((election) => election.stop()));
  await Promise.all(clients.map((client) => client.close()));
  await server.close();
  expect(clock.pending).toBe(0);
});

function candidate(identity: string, minimumEpoch?: number): LeaderElection {
  const client = new KubeClient(server.connection, { clock, userAgent: identity });
  const options = {
    client,
    namespace: 'flotilla-system',
    name: 'hub',
    identity,
    clock,
    random: () => 0.5,
    logger: silentLogger,
  };
  const election = new LeaderElection({ ...options, ...(minimumEpoch === undefined ? {} : { minimumEpoch }) });
  election.onChange((leadership) => changes.push(`${identity} ${leadership.isLeader ? leadership.epoch : 'lost'}`));
  clients.push(client);
  elections.push(election);
  election.start();
  return election;
}

function current(): Lease['spec'] {
  return server.list(lease)[0]?.spec as Lease['spec'];
}

/** Lets time pass in steps, with time for the network between. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 500) {
    await clock.advance(500);
    for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

describe('LeaderElection', () => {
  it('elects one, which renews and stays', async () => {
    const one = candidate('one');
    await eventually(() => one.leadership.isLeader);
    const two = candidate('two');
    await pass(60_000);
    expect(one.leadership).toEqual({ isLeader: true, epoch: 1 });
    expect(two.leadership).toEqual({ isLeader: false });
    expect(changes).toEqual(['one 1']);
    expect(current()).toMatchObject({ holderIdentity: 'one', leaseTransitions: 1, leaseDurationSeconds: 15 });
  });

  it('hands over at once when the leader stops, with a higher epoch', async () => {
    const one = candidate('one');
    await eventually(() => one.leadership.isLeader);
    const two = candidate('two');
    await pass(2000);
    await one.stop();
    await pass(3000);
    expect(two.leadership).toEqual({ isLeader: true, epoch: 2 });
    expect(changes).toEqual(['one 1', 'one lost', 'two 2']);
  });

  it('never has two leaders when one loses the API server, and the old one knows', async () => {
    const one = candidate('one');
    await eventually(() => one.leadership.isLeader);
    const two = candidate('two');
    await pass(2000);
    server.faults = ({ headers }) => (headers['user-agent'] === 'one' ? { kind: 'hang' } : undefined);
    for (let second = 0; second < 25; second += 1) {
      await pass(1000);
      expect(one.leadership.isLeader && two.leadership.isLeader).toBe(false);
    }
    expect(changes).toEqual(['one 1', 'one lost', 'two 2']);
    server.faults = () => undefined;
    await pass(40_000);
    expect([one.leadership.isLeader, two.leadership]).toEqual([false, { isLeader: true, epoch: 2 }]);
  });

  it('goes on leading when one request gets no answer', async () => {
    const one = candidate('one');
    await eventually(() => one.leadership.isLeader);
    let left = 1;
    server.faults = () => ((left -= 1) >= 0 ? { kind: 'hang' } : undefined);
    await pass(30_000);
    expect([one.leadership, changes]).toEqual([{ isLeader: true, epoch: 1 }, ['one 1']]);
  });

  it('gives a higher epoch to the same name after a restart, and to a lease made anew', async () => {
    const one = candidate('one');
    await eventually(() => one.leadership.isLeader);
    server.faults = ({ headers }) => (headers['user-agent'] === 'one' ? { kind: 'drop' } : undefined);
    await one.stop();
    server.faults = () => undefined;
    const again = candidate('one');
    await eventually(() => again.leadership.isLeader);
    expect(again.leadership).toEqual({ isLeader: true, epoch: 2 });
    server.remove(lease, 'hub', 'flotilla-system');
    await pass(3000);
    expect(again.leadership).toEqual({ isLeader: true, epoch: 3 });
  });

  it('starts above the epoch that it is told of', async () => {
    const one = candidate('one', 42);
    await eventually(() => one.leadership.isLeader);
    expect(one.leadership).toEqual({ isLeader: true, epoch: 42 });
  });

  it('counts its time from before the lease was written, not from when the answer came', async () => {
    let answer = (): void => undefined;
    let asked = false;
    const slow = {
      cluster: 'east-1',
      get: async (...[, , , { signal } = {}]: Parameters<KubeClient['get']>): Promise<undefined> => {
        if (asked) await new Promise((_resolve, reject) => signal?.addEventListener('abort', reject));
        asked = true;
      },
      replace: () => Promise.reject(new Error('never asked for')),
      create: async <T>(_kind: unknown, object: T) => {
        await new Promise<void>((resolve) => (answer = resolve));
        return object;
      },
    };
    const election = new LeaderElection({
      ...{ client: slow, namespace: 'flotilla-system', name: 'hub', identity: 'one' },
      ...{ clock, random: () => 0.5, logger: silentLogger },
    });
    elections.push(election);
    election.start();
    await pass(4000);
    answer();
    await pass(500);
    expect(election.leadership.isLeader).toBe(true);
    await pass(5000);
    expect(election.leadership.isLeader).toBe(true);
    await pass(1000);
    expect(election.leadership.isLeader).toBe(false);
  });

  it('lets a candidate who saw the lease just now wait its whole time, whatever the clocks of others say', () => {
    const held: Lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'hub' },
      spec: { holderIdentity: 'one', leaseDurationSeconds: 15, leaseTransitions: 7, renewTime: '1999-01-01T00:00:00Z' },
    };
    const two = { identity: 'two', heldEpoch: undefined, minimumEpoch: 1 };
    expect(decideLease({ lease: held, seenAtMs: 0 }, { ...two, nowMs: 14_999 })).toEqual({
      kind: 'wait',
      holder: 'one',
    });
    expect(decideLease({ lease: held, seenAtMs: 0 }, { ...two, nowMs: 15_000 })).toEqual({ kind: 'acquire', epoch: 8 });
  });
});
