import type { Server } from '@grpc/grpc-js';

import { silentLogger, systemClock } from '../../src/kernel';
import { GrpcServer } from '../../src/pilot/grpc';
import { typeUrlOf } from '../../src/pilot/proto';
import { encoded, FixedResourceSource } from '../../src/pilot/testing/fixed-resource-source';
import { translateAll } from '../../src/pilot/translate';
import { type EncodedResource, XdsServer } from '../../src/pilot/xds';
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

function resources(type: 'cds' | 'eds' | 'lds' | 'rds'): readonly EncodedResource[] {
  return worlds.flatMap(({ model, proxy, clusterName, assignment }) =>
    translateAll(model, proxy)[type].flatMap(({ name, body }) => {
      const json = name === clusterName && type === 'eds' ? { ...body, ...assignment } : body;
      return [encoded(name, json)];
    }),
  );
}

describe('the simulator says what real gRPC clients do', () => {
  let xds: XdsServer;
  let grpc: GrpcServer;
  let caller: XdsGrpcCaller;
  const servers: Server[] = [];

  beforeAll(async () => {
    const source = new FixedResourceSource();
    source.set(typeUrlOf('envoy.config.cluster.v3.Cluster'), resources('cds'));
    source.set(typeUrlOf('envoy.config.endpoint.v3.ClusterLoadAssignment'), resources('eds'));
    source.set(typeUrlOf('envoy.config.listener.v3.Listener'), resources('lds'));
    source.set(typeUrlOf('envoy.config.route.v3.RouteConfiguration'), resources('rds'));
    xds = new XdsServer({ source, clock: systemClock, logger: silentLogger, identifier: 'test' });
    const methods = xds.methods(() => Promise.resolve(undefined));
    grpc = new GrpcServer({ methods, clock: systemClock, logger: silentLogger });
    const port = await grpc.listen('127.0.0.1', 0);
    for (const zone of ['east/east-1', 'east/east-2', 'west/west-1']) servers.push(await serveZone(zone));
    caller = new XdsGrpcCaller(port, {
      id: 'sidecar~10.0.0.9~client.shop~shop.svc.cluster.local',
      region: 'east',
      zone: 'east-1',
    });
  }, 30_000);

  afterAll(async () => {
    await caller.stop();
    xds.stop();
    await grpc.stop(0);
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
