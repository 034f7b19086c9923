import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';

import { silentLogger, systemClock } from '../../src/kernel';
import { GrpcServer } from '../../src/pilot/grpc';
import { type AnyJson, typeUrlOf } from '../../src/pilot/proto';
import { encoded, FixedResourceSource } from '../../src/pilot/testing/fixed-resource-source';
import { translateAll } from '../../src/pilot/translate';
import { type EncodedResource, XdsServer } from '../../src/pilot/xds';
import { deviations, measuredScenarios, measuredWorld } from '../tools/measured-scenarios';
import { realPart } from './real-parts';

const REQUESTS = 2_500;
/** Enough for every dead host to fail often enough to be taken out. */
const WARM_UP_REQUESTS = 400;
const AT_ONCE = 10;
const NODE = 'router~127.0.0.1~gateway-1.istio-prod~istio-prod.svc.cluster.local';
const worlds = measuredScenarios.map((scenario, index) => measuredWorld(scenario, index, 'envoy'));

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

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

function resources(type: 'cds' | 'eds' | 'lds' | 'rds'): readonly EncodedResource[] {
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

function bootstrap(xdsPort: number, adminPort: number): object {
  const socketAddress = (port_value: number): object => ({ socket_address: { address: '127.0.0.1', port_value } });
  const type = 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const http2 = { '@type': type, explicit_http_config: { http2_protocol_options: {} } };
  const { locality } = worlds[0]!.proxy;
  return {
    node: { id: NODE, cluster: 'gateway', locality },
    admin: { address: socketAddress(adminPort) },
    dynamic_resources: {
      ads_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: 'xds' } }],
      },
      cds_config: { ads: {}, resource_api_version: 'V3' },
      lds_config: { ads: {}, resource_api_version: 'V3' },
    },
    static_resources: {
      clusters: [
        {
          ...{ name: 'xds', type: 'STATIC', connect_timeout: '1s' },
          typed_extension_protocol_options: { 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': http2 },
          load_assignment: {
            cluster_name: 'xds',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(xdsPort) } }] }],
          },
        },
      ],
    },
  };
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
  let xds: XdsServer;
  let grpc: GrpcServer;
  let envoy: ChildProcess;
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
    for (const world of worlds) {
      for (const [address, zone] of world.servers) servers.push(await serve(address, world.port, zone));
    }
    const config = JSON.stringify(bootstrap(port, await freePort()));
    const parameters = ['--config-yaml', config, '--use-dynamic-base-id', '--log-level', 'critical'];
    envoy = spawn(realPart('envoy'), [...parameters, '--concurrency', '1'], { stdio: 'inherit' });
    await until(() =>
      (['cds', 'eds', 'lds', 'rds'] as const).every((type) => xds.proxies()[0]?.types[type]?.state === 'SYNCED'),
    );
  }, 30_000);

  afterAll(async () => {
    envoy.kill('SIGKILL');
    await once(envoy, 'exit');
    agent.destroy();
    xds.stop();
    await grpc.stop(0);
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
