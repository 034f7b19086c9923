import type { Server } from '@grpc/grpc-js';

import { silentLogger, systemClock } from '../../src/kernel';
import { TranslationCache } from '../../src/pilot/cache';
import { GrpcServer } from '../../src/pilot/grpc';
import { translators } from '../../src/pilot/translators';
import { XdsServer } from '../../src/pilot/xds';
import { deviations } from '../tools/measured-scenarios';
import {
  BALANCERS,
  NAME,
  NAME_PORT,
  NAME_ZONE,
  nameAddresses,
  nameModel,
  namePod,
  type NamePod,
} from '../tools/name-world';
import { serveWho } from '../tools/who-server';
import { XdsGrpcCaller } from '../tools/xds-grpc-caller';

const CALLS = 3_000;
const TARGET = `xds:///${NAME}:${NAME_PORT}`;
const addresses = nameAddresses(81);
const pod = (index: number, app: NamePod['app'], ready = true): NamePod => namePod(addresses, index, app, ready);
const four = [pod(0, 'checkout'), pod(1, 'checkout'), pod(2, 'checkout'), pod(3, 'checkout-next')];

describe('a global name in its own zone, with a real gRPC client', () => {
  const cache = new TranslationCache(translators, (error) => {
    throw error;
  });
  let xds: XdsServer;
  let grpc: GrpcServer;
  let caller: XdsGrpcCaller;
  const servers: Server[] = [];

  beforeAll(async () => {
    cache.setModel(nameModel(addresses, four));
    xds = new XdsServer({ source: cache, clock: systemClock, logger: silentLogger, identifier: 'test' });
    grpc = new GrpcServer({
      ...{ methods: xds.methods(() => Promise.resolve(undefined)), clock: systemClock, logger: silentLogger },
    });
    const port = await grpc.listen('127.0.0.1', 0);
    for (const { name, address } of four) servers.push(await serveWho(name, [`${address}:${NAME_PORT}`]));
    for (const name of BALANCERS) {
      servers.push(await serveWho(`balancer of ${name}`, [`${addresses.balancer(name)}:${NAME_PORT}`]));
    }
    const id = 'sidecar~10.0.0.9~client.shop~shop.svc.cluster.local';
    caller = new XdsGrpcCaller(port, { id, ...NAME_ZONE });
  }, 30_000);

  afterAll(async () => {
    await caller.stop();
    xds.stop();
    await grpc.stop(0);
    for (const server of servers) server.forceShutdown();
  });

  /** Calls until the client has every connection that it will use; then counts. */
  async function counted(expected: Readonly<Record<string, number>>): Promise<readonly string[]> {
    const wanted = Object.keys(expected).sort().join();
    const deadlineMs = Date.now() + 15_000;
    for (let seen = ''; seen !== wanted && Date.now() < deadlineMs;) {
      seen = Object.keys(await caller.call(TARGET, 400))
        .sort()
        .join();
    }
    return deviations(await caller.call(TARGET, CALLS), expected);
  }

  it('reaches every pod itself, each target with its part whatever the number of its pods; only the other zone by its balancer', async () => {
    const each = 0.67 / 2 / 3;
    const own = { 'checkout-0': each, 'checkout-1': each, 'checkout-2': each, 'checkout-next-3': 0.67 / 2 };
    expect(await counted({ ...own, 'balancer of checkout east-2': 0.33 })).toEqual([]);
  }, 60_000);

  it('follows the slices: a pod that is not ready leaves, and the parts of the targets stay', async () => {
    cache.setModel(nameModel(addresses, [pod(0, 'checkout', false), ...four.slice(1)]));
    const own = { 'checkout-1': 0.67 / 4, 'checkout-2': 0.67 / 4, 'checkout-next-3': 0.67 / 2 };
    expect(await counted({ ...own, 'balancer of checkout east-2': 0.33 })).toEqual([]);
  }, 60_000);

  it('leaves a target that has nothing ready to the others, without asking its balancer', async () => {
    cache.setModel(nameModel(addresses, [...four.slice(0, 3), pod(3, 'checkout-next', false)]));
    const each = 0.67 / 3;
    const own = { 'checkout-0': each, 'checkout-1': each, 'checkout-2': each };
    expect(await counted({ ...own, 'balancer of checkout east-2': 0.33 })).toEqual([]);
  }, 60_000);

  it('goes to the other zone when nothing here is ready', async () => {
    cache.setModel(
      nameModel(
        addresses,
        four.map((one) => ({ ...one, ready: false })),
      ),
    );
    expect(await counted({ 'balancer of checkout east-2': 1 })).toEqual([]);
  }, 60_000);
});
