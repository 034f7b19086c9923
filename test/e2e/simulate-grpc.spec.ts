import type { Server } from '@grpc/grpc-js';
import { encoded } from '../../src/pilot/testing/fixed-resource-source';
import { translateAll } from '../../src/pilot/translate';
import type { EncodedResource } from '../../src/pilot/xds';
import { type DiscoveryType, FixedXds } from '../tools/fixed-xds';
import { deviations, measuredScenarios, measuredWorld } from '../tools/measured-scenarios';
import { serveWho } from '../tools/who-server';
import { XdsGrpcCaller } from '../tools/xds-grpc-caller';

const CALLS = 2_500;
const worlds = measuredScenarios.map((scenario, index) => measuredWorld(scenario, index, 'grpc'));

/** One real gRPC server per zone, on every address of that zone that is to answer. */
function serveZone(zone: string): Promise<Server> {
  const addresses = worlds.flatMap(({ servers, port }) =>
    [...servers].flatMap(([address, own]) => (own === zone ? [`${address}:${port}`] : [])),
  );
  return serveWho(zone, addresses);
}

function resources(type: DiscoveryType): readonly EncodedResource[] {
  return worlds.flatMap(({ model, proxy, clusterName, assignment }) =>
    translateAll(model, proxy)[type].flatMap(({ name, body }) => {
      const json = name === clusterName && type === 'eds' ? { ...body, ...assignment } : body;
      return [encoded(name, json)];
    }),
  );
}

describe('the simulator says what real gRPC clients do', () => {
  let xds: FixedXds;
  let caller: XdsGrpcCaller;
  const servers: Server[] = [];

  beforeAll(async () => {
    xds = await FixedXds.start(resources);
    for (const zone of ['east/east-1', 'east/east-2', 'west/west-1']) servers.push(await serveZone(zone));
    caller = new XdsGrpcCaller(xds.port, {
      id: 'sidecar~10.0.0.9~client.shop~shop.svc.cluster.local',
      region: 'east',
      zone: 'east-1',
    });
  }, 30_000);

  afterAll(async () => {
    await caller.stop();
    await xds.stop();
    for (const server of servers) server.forceShutdown();
  });

  it.each(measuredScenarios.map(({ name }, index) => [name, worlds[index]!] as const))(
    '%s',
    async (_name, { host, port, expected }) => {
      const target = `xds:///${host}:${port}`;
      // The first calls wait for connections; a dead server counts as such once connecting to it has failed.
      await caller.call(target, 100);
      const counts = await caller.call(target, CALLS);
      expect(deviations(counts, expected)).toEqual([]);
    },
    60_000,
  );
});
