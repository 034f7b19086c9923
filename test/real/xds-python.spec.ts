import { join } from 'node:path';
import { coreKinds } from '../../src/kube/schema';
import { HOST, NODE, pod, TwoZones, until } from '../fleet/two-zones';
import { XdsGrpcCaller } from '../tools/xds-grpc-caller';
import { realPart } from './real-parts';

/** gRPC's other implementation: the C core, which checks what it gets more strictly, and has balancers of its own. */
describe('a proxyless gRPC client in Python', () => {
  let zones: TwoZones;
  let caller: XdsGrpcCaller;

  beforeAll(async () => {
    const env = { PYTHONPATH: realPart('grpcPython') };
    zones = await TwoZones.start();
    caller = new XdsGrpcCaller(
      zones.xdsPort,
      { id: NODE, region: 'east', zone: 'east-1' },
      { command: 'python3', args: [join(__dirname, 'xds-grpc-child.py')], env },
    );
  }, 60_000);

  afterAll(async () => {
    await caller?.stop();
    await zones?.stop();
  });

  it('splits calls 99 to 1, and reports the load that it made', async () => {
    const [warming, calls] = [500, 5_000];
    // Until it has a connection to its own zone, this client uses those that it has: the first calls tell nothing of shares.
    const first = await caller.call(`xds:///${HOST}:80`, warming);
    const answers = await caller.call(`xds:///${HOST}:80`, calls);
    const remote = answers['west-1'] ?? 0;
    expect(answers).toEqual({ 'east-1': calls - remote, 'west-1': remote });
    expect(Math.abs(remote - calls * 0.01)).toBeLessThan(4 * Math.sqrt(calls * 0.01 * 0.99));
    const percent = (count: number): number => Math.round((100 * count) / (warming + calls));
    const remoteOfAll = remote + (first['west-1'] ?? 0);
    const made = [percent(warming + calls - remoteOfAll), percent(remoteOfAll)].join();
    const reported = (zone: string): number | undefined => zones.pilot.loadSharesOf(HOST)?.get(zone);
    await until(() => ['east/east-1', 'west/west-1'].map(reported).join() === made);
  }, 120_000);

  it('accepts every answer', () => {
    const [proxy] = zones.pilot.proxies();
    expect(proxy).toMatchObject({ id: NODE, proxyless: true });
    for (const type of ['lds', 'rds', 'cds', 'eds'] as const)
      expect(proxy?.types[type]).toMatchObject({ state: 'SYNCED' });
  });

  it('goes to the other zone when the local pods are gone, and comes back with them', async () => {
    const call = async (): Promise<string> => JSON.stringify(await caller.call(`xds:///${HOST}:80`, 100));
    zones.workloadCluster.remove(coreKinds.pod, 'checkout-1', 'shop');
    zones.workloadCluster.remove(coreKinds.pod, 'checkout-2', 'shop');
    await eventuallyEquals(call, '{"west-1":100}');
    zones.workloadCluster.put(coreKinds.pod, pod('checkout-3', '127.0.2.2'));
    await eventuallyEquals(async () => String((await call()).includes('east-1')), 'true');
  }, 60_000);
});

/** Every look is a batch of real calls; what counts is where they end up going. */
async function eventuallyEquals(look: () => Promise<string>, wanted: string): Promise<void> {
  const deadlineMs = Date.now() + 20_000;
  for (let seen = await look(); seen !== wanted; seen = await look()) {
    if (Date.now() > deadlineMs) throw new Error(`never came true, last seen: ${seen}`);
  }
}
