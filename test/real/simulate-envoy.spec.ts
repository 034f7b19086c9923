import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AnyJson } from '../../src/pilot/proto';
import { encoded } from '../../src/pilot/testing/fixed-resource-source';
import { translateAll } from '../../src/pilot/translate';
import type { EncodedResource } from '../../src/pilot/xds';
import { EnvoyProgram } from '../tools/envoy-program';
import { type DiscoveryType, FixedXds } from '../tools/fixed-xds';
import { deviations, measuredScenarios, measuredWorld } from '../tools/measured-scenarios';
import { realPart } from './real-parts';

const REQUESTS = 2_500;
/** Enough for every dead host to fail often enough to be taken out. */
const WARM_UP_REQUESTS = 400;
const AT_ONCE = 10;
const NODE = 'router~127.0.0.1~gateway-1.istio-prod~istio-prod.svc.cluster.local';
const worlds = measuredScenarios.map((scenario, index) => measuredWorld(scenario, index, 'envoy'));

async function serve(address: string, port: number, zone: string): Promise<Server> {
  const server = createServer((_request, response) => response.end(zone)).listen(port, address);
  await once(server, 'listening');
  return server;
}

/** The servers speak plain text; without this the cluster would wait for a certificate that nobody serves here. */
function inPlainText(cluster: AnyJson): AnyJson {
  return { ...cluster, transportSocket: undefined, transportSocketMatches: undefined };
}

/** Gateways listen everywhere; here the servers of the zones hold the same ports on other loopback addresses. */
function onLoopback(body: AnyJson): AnyJson {
  return JSON.parse(JSON.stringify(body).replaceAll('"0.0.0.0"', '"127.0.0.1"')) as AnyJson;
}

function forThisTest(type: string, body: AnyJson): AnyJson {
  if (type === 'lds') return onLoopback(body);
  return type === 'cds' ? inPlainText(body) : body;
}

function resources(type: DiscoveryType): readonly EncodedResource[] {
  const seen = new Set<string>();
  return worlds.flatMap(({ model, proxy, clusterName, assignment }) =>
    translateAll(model, proxy)[type].flatMap(({ name, body }) => {
      if (seen.has(name)) return [];
      seen.add(name);
      const isOurs = name === clusterName;
      if (type === 'cds' && !isOurs) return [];
      return [encoded(name, forThisTest(type, isOurs && type === 'eds' ? { ...body, ...assignment } : body))];
    }),
  );
}

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

function ask(port: number, host: string): Promise<string> {
  return new Promise((resolve) => {
    const call = request({ host: '127.0.0.1', port, agent, headers: { host } }, (response) => {
      let text = '';
      response
        .on('data', (chunk: Buffer) => (text += chunk.toString()))
        .on('end', () => resolve(response.statusCode === 200 ? text : `status ${response.statusCode}`));
    });
    call.on('error', ({ message }) => resolve(message)).end();
  });
}

async function count(port: number, host: string, requests: number): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const answer = await ask(port, host);
      answers[answer] = (answers[answer] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new Error(`never came true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the simulator says what a real Envoy does', () => {
  let xds: FixedXds;
  let envoy: EnvoyProgram;
  const servers: Server[] = [];

  beforeAll(async () => {
    xds = await FixedXds.start(resources);
    for (const world of worlds) {
      for (const [address, zone] of world.servers) servers.push(await serve(address, world.port, zone));
    }
    const node = { id: NODE, metadata: {}, locality: worlds[0]!.proxy.locality };
    envoy = await EnvoyProgram.start(realPart('envoy'), node, xds.port);
    await until(() => xds.isAcknowledged);
  }, 30_000);

  afterAll(async () => {
    await envoy.stop();
    agent.destroy();
    await xds.stop();
    for (const server of servers) server.close();
  });

  it.each(measuredScenarios.map(({ name }, index) => [name, worlds[index]!] as const))(
    '%s',
    async (_name, { host, port, expected }) => {
      await until(async () => (await ask(port, host)).includes('/'));
      await count(port, host, WARM_UP_REQUESTS);
      expect(deviations(await count(port, host, REQUESTS), expected)).toEqual([]);
    },
    60_000,
  );
});
