import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';

import { silentLogger, systemClock } from '../../src/kernel';
import type { KubeObject } from '../../src/kube/schema';
import { TranslationCache } from '../../src/pilot/cache';
import { GrpcServer } from '../../src/pilot/grpc';
import { translators } from '../../src/pilot/translators';
import { XdsServer } from '../../src/pilot/xds';
import { EnvoyProgram, freePort } from '../tools/envoy-program';
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
import { realPart } from './real-parts';

const REQUESTS = 3_000;
const AT_ONCE = 10;
const addresses = nameAddresses(82);
const pod = (index: number, app: NamePod['app'], ready = true): NamePod => namePod(addresses, index, app, ready);
const four = [pod(0, 'checkout'), pod(1, 'checkout'), pod(2, 'checkout'), pod(3, 'checkout-next')];

/** A door of the test's own that leads to the name as callers in the mesh reach it. */
function door(port: number): readonly KubeObject[] {
  const metadata = { name: 'door', namespace: 'shop' };
  const networking = { apiVersion: 'networking.istio.io/v1', metadata };
  const servers = [{ port: { number: port, name: 'http', protocol: 'HTTP' }, hosts: [NAME] }];
  const http = [{ route: [{ destination: { host: NAME, port: { number: NAME_PORT } } }] }];
  const exportTo = ['.', 'istio-prod'];
  // The pods speak plain text; otherwise Envoy would wait for a certificate that nobody serves here.
  const mtls = { mode: 'DISABLE' };
  return [
    { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata, spec: { mtls } },
    { ...networking, kind: 'Gateway', spec: { selector: { app: 'door' }, servers } },
    { ...networking, kind: 'VirtualService', spec: { hosts: [NAME], gateways: ['shop/door'], http, exportTo } },
  ];
}

describe('a global name in its own zone, behind a real Envoy', () => {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const servers: Server[] = [];
  const cache = new TranslationCache(translators, (error) => {
    throw error;
  });
  let port: number;
  let xds: XdsServer;
  let grpc: GrpcServer;
  let envoy: EnvoyProgram;

  async function serve(name: string, address: string): Promise<void> {
    const server = createServer((_request, response) => response.end(name)).listen(NAME_PORT, address);
    await once(server, 'listening');
    servers.push(server);
  }

  function ask(): Promise<string> {
    return new Promise((resolve) => {
      const call = request({ host: '127.0.0.1', port, agent, headers: { host: NAME } }, (response) => {
        let text = '';
        response
          .on('data', (chunk: Buffer) => (text += chunk.toString()))
          .on('end', () => resolve(response.statusCode === 200 ? text : `status ${response.statusCode}`));
      });
      call.on('error', ({ message }) => resolve(message)).end();
    });
  }

  async function count(requests: number): Promise<Record<string, number>> {
    const answers: Record<string, number> = {};
    let left = requests;
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const answer = await ask();
        answers[answer] = (answers[answer] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return answers;
  }

  /** Asks until exactly those answer that are expected to; then counts. */
  async function counted(expected: Readonly<Record<string, number>>): Promise<readonly string[]> {
    const wanted = Object.keys(expected).sort().join();
    const deadlineMs = Date.now() + 20_000;
    for (let seen = ''; seen !== wanted && Date.now() < deadlineMs;) {
      seen = Object.keys(await count(400))
        .sort()
        .join();
    }
    return deviations(await count(REQUESTS), expected);
  }

  beforeAll(async () => {
    port = await freePort();
    cache.setModel(nameModel(addresses, four, door(port)));
    xds = new XdsServer({ source: cache, clock: systemClock, logger: silentLogger, identifier: 'test' });
    grpc = new GrpcServer({
      ...{ methods: xds.methods(() => Promise.resolve(undefined)), clock: systemClock, logger: silentLogger },
    });
    for (const { name, address } of four) await serve(name, address);
    for (const name of BALANCERS) await serve(`balancer of ${name}`, addresses.balancer(name));
    const node = {
      id: 'router~127.0.0.1~door-1.istio-prod~istio-prod.svc.cluster.local',
      metadata: { NAMESPACE: 'istio-prod', LABELS: { app: 'door' }, CLUSTER_ID: 'east-1-gw' },
      locality: NAME_ZONE,
    };
    envoy = await EnvoyProgram.start(realPart('envoy'), node, await grpc.listen('127.0.0.1', 0));
  }, 30_000);

  afterAll(async () => {
    agent.destroy();
    await envoy.stop();
    xds.stop();
    await grpc.stop(0);
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('reaches every pod itself, each target with its part whatever the number of its pods; only the other zone by its balancer', async () => {
    const each = 0.67 / 2 / 3;
    const own = { 'checkout-0': each, 'checkout-1': each, 'checkout-2': each, 'checkout-next-3': 0.67 / 2 };
    expect(await counted({ ...own, 'balancer of checkout east-2': 0.33 })).toEqual([]);
  }, 60_000);

  it('follows the slices, and sends no cluster anew', async () => {
    const clusters = await envoy.statistics(/^cluster_manager\.cluster_(added|modified|removed)$/);
    cache.setModel(nameModel(addresses, [pod(0, 'checkout', false), ...four.slice(1)], door(port)));
    const own = { 'checkout-1': 0.67 / 4, 'checkout-2': 0.67 / 4, 'checkout-next-3': 0.67 / 2 };
    expect(await counted({ ...own, 'balancer of checkout east-2': 0.33 })).toEqual([]);
    expect(await envoy.statistics(/^cluster_manager\.cluster_(added|modified|removed)$/)).toBe(clusters);
  }, 60_000);

  it('hands over what a half-ready zone is not ready for', async () => {
    const half = [pod(0, 'checkout', false), pod(1, 'checkout', false), ...four.slice(2)];
    cache.setModel(nameModel(addresses, half, door(port)));
    const kept = 0.67 * 1.4 * (2 / 4);
    const own = { 'checkout-2': kept / 2, 'checkout-next-3': kept / 2 };
    expect(await counted({ ...own, 'balancer of checkout east-2': 1 - kept })).toEqual([]);
  }, 60_000);

  it('goes to the other zone when nothing here is ready', async () => {
    cache.setModel(
      nameModel(
        addresses,
        four.map((one) => ({ ...one, ready: false })),
        door(port),
      ),
    );
    expect(await counted({ 'balancer of checkout east-2': 1 })).toEqual([]);
  }, 60_000);
});
