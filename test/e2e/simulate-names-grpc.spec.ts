import type { Server } from '@grpc/grpc-js';
import { silentLogger, systemClock } from '../../src/kernel';
import { GrpcServer } from '../../src/pilot/grpc';
import { typeUrlOf } from '../../src/pilot/proto';
import { encoded, FixedResourceSource } from '../../src/pilot/testing/fixed-resource-source';
import { translateAll } from '../../src/pilot/translate';
import { type EncodedResource, XdsServer } from '../../src/pilot/xds';
import { deviations } from '../tools/measured-scenarios';
import { measuredNames, measuredNameWorld } from '../tools/measured-names';
import { serveWho } from '../tools/who-server';
import { XdsGrpcCaller } from '../tools/xds-grpc-caller';

const CALLS = 2_500;
const worlds = measuredNames.map((scenario, index) => measuredNameWorld(scenario, index));

/** What each scenario's client is sent of its name; the access point's own resources are the same in all and left out. */
function resources(type: 'cds' | 'eds' | 'lds' | 'rds'): readonly EncodedResource[] {
  return worlds.flatMap(({ model, proxy, target }) => {
    const host = target.slice('xds:///'.length, target.lastIndexOf(':'));
    const all = translateAll(model, proxy)[type];
    return all.filter(({ name }) => name.includes(host)).map(({ name, body }) => encoded(name, body));
  });
}

describe('the simulator says what real gRPC clients of a global name do', () => {
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
    for (const zone of ['east/east-1', 'east/east-2', 'west/west-1']) {
      const own = worlds.flatMap((world) => [...world.servers].flatMap(([at, where]) => (where === zone ? [at] : [])));
      servers.push(await serveWho(zone, own));
    }
    caller = new XdsGrpcCaller(port, {
      id: 'sidecar~10.0.0.9~client.shop~shop.svc.cluster.local',
      ...{ region: 'east', zone: 'east-1' },
    });
  });

  afterAll(async () => {
    await caller?.stop();
    xds.stop();
    await grpc.stop(0);
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
