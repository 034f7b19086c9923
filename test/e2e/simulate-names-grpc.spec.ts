import type { Server } from '@grpc/grpc-js';
import { encoded } from '../../src/pilot/testing/fixed-resource-source';
import { translateAll } from '../../src/pilot/translate';
import type { EncodedResource } from '../../src/pilot/xds';
import { type DiscoveryType, FixedXds } from '../tools/fixed-xds';
import { deviations } from '../tools/measured-scenarios';
import { measuredNames, measuredNameWorld } from '../tools/measured-names';
import { serveWho } from '../tools/who-server';
import { XdsGrpcCaller } from '../tools/xds-grpc-caller';

const CALLS = 2_500;
const worlds = measuredNames.map((scenario, index) => measuredNameWorld(scenario, index));

/** What each scenario's client is sent of its name; the access point's own resources are the same in all and left out. */
function resources(type: DiscoveryType): readonly EncodedResource[] {
  return worlds.flatMap(({ model, proxy, target }) => {
    const host = target.slice('xds:///'.length, target.lastIndexOf(':'));
    const all = translateAll(model, proxy)[type];
    return all.filter(({ name }) => name.includes(host)).map(({ name, body }) => encoded(name, body));
  });
}

describe('the simulator says what real gRPC clients of a global name do', () => {
  let xds: FixedXds;
  let caller: XdsGrpcCaller;
  const servers: Server[] = [];

  beforeAll(async () => {
    xds = await FixedXds.start(resources);
    for (const zone of ['east/east-1', 'east/east-2', 'west/west-1']) {
      const own = worlds.flatMap((world) => [...world.servers].flatMap(([at, where]) => (where === zone ? [at] : [])));
      servers.push(await serveWho(zone, own));
    }
    caller = new XdsGrpcCaller(xds.port, {
      id: 'sidecar~10.0.0.9~client.shop~shop.svc.cluster.local',
      ...{ region: 'east', zone: 'east-1' },
    });
  });

  afterAll(async () => {
    await caller?.stop();
    await xds.stop();
    for (const server of servers) server.forceShutdown();
  });

  it.each(measuredNames.map(({ name }, index) => [name, worlds[index]!] as const))(
    '%s',
    async (_name, { target, expected }) => {
      expect(Object.values(expected).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      await caller.call(target, 100); // The first calls wait for connections.
      expect(deviations(await caller.call(target, CALLS), expected)).toEqual([]);
    },
    60_000,
  );
});
