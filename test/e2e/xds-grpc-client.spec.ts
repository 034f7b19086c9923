import { coreKinds } from '../../src/kube/schema';
import type { ScriptedApiServer } from '../../src/kube/testing/scripted-api-server';
import type { PilotServer, ResourceStatus } from '../../src/pilot';
import { HOST, NODE, pod, TwoZones, until } from '../fleet/two-zones';
import { XdsGrpcCaller } from '../tools/xds-grpc-caller';

describe('a proxyless gRPC client', () => {
  let zones: TwoZones;
  let pilot: PilotServer;
  let workloadCluster: ScriptedApiServer;
  let caller: XdsGrpcCaller;

  beforeAll(async () => {
    zones = await TwoZones.start();
    ({ pilot, workloadCluster } = zones);
    caller = new XdsGrpcCaller(zones.xdsPort, { id: NODE, region: 'east', zone: 'east-1' });
  }, 30_000);

  afterAll(async () => {
    await caller.stop();
    await zones.stop();
  });

  it('splits calls 99 to 1 as the DestinationRule says', async () => {
    const calls = 5_000;
    const answers = await caller.call(`xds:///${HOST}:80`, calls);
    const remote = answers['west-1'] ?? 0;
    expect((answers['east-1'] ?? 0) + remote).toBe(calls);
    expect(Math.abs(remote - calls * 0.01)).toBeLessThan(4 * Math.sqrt(calls * 0.01 * 0.99));
    // What the client reports of its load is what it did.
    const percent = (count: number): number => Math.round((100 * count) / calls);
    const reported = [percent(calls - remote), percent(remote)].join();
    const zones = ['east/east-1', 'west/west-1'];
    await until(() => zones.map((zone) => pilot.loadSharesOf(HOST)?.get(zone)).join() === reported);
  }, 60_000);

  it('accepts every answer, and each resource counts as accepted in its version', () => {
    const [proxy] = pilot.proxies();
    expect(proxy).toMatchObject({
      id: NODE,
      proxyless: true,
      namespace: 'shop',
      locality: { region: 'east', zone: 'east-1' },
    });
    for (const type of ['lds', 'rds', 'cds', 'eds'] as const) {
      expect(proxy?.types[type]).toMatchObject({ state: 'SYNCED' });
      expect(pilot.resources(NODE, type)).not.toEqual([]);
      for (const { wantedVersion, ackedVersion } of pilot.resources(NODE, type)) {
        expect(ackedVersion).toBeDefined();
        expect(ackedVersion).toBe(wantedVersion);
      }
    }
  });

  it('goes to the other zone when the local pods are gone, and comes back with them', async () => {
    workloadCluster.remove(coreKinds.pod, 'checkout-1', 'shop');
    workloadCluster.remove(coreKinds.pod, 'checkout-2', 'shop');
    const before = endpointsVersion(pilot.resources(NODE, 'eds'));
    await until(() => isAccepted(pilot.resources(NODE, 'eds'), before));
    expect(await caller.call(`xds:///${HOST}:80`, 300)).toEqual({ 'west-1': 300 });
    const without = endpointsVersion(pilot.resources(NODE, 'eds'));
    workloadCluster.put(coreKinds.pod, pod('checkout-3', '127.0.2.2'));
    await until(() => isAccepted(pilot.resources(NODE, 'eds'), without));
    const answers = await caller.call(`xds:///${HOST}:80`, 300);
    expect(answers['east-1']).toBeGreaterThan(270);
  }, 30_000);

  it('keeps its endpoints when their cluster cannot be reached any more', async () => {
    const before = endpointsVersion(pilot.resources(NODE, 'eds'));
    await workloadCluster.close();
    await until(() =>
      pilot.zone.states().some(({ cluster, state }) => cluster === 'east-1-apps' && state === 'Stalled'),
    );
    expect(endpointsVersion(pilot.resources(NODE, 'eds'))).toBe(before);
    expect((await caller.call(`xds:///${HOST}:80`, 100))['east-1']).toBeGreaterThan(80);
  }, 30_000);
});

function endpointsVersion(resources: readonly ResourceStatus[]): string | undefined {
  return resources[0]?.wantedVersion;
}

function isAccepted([resource]: readonly ResourceStatus[], before: string | undefined): boolean {
  return resource !== undefined && resource.ackedVersion !== before && resource.ackedVersion === resource.wantedVersion;
}
