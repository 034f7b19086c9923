import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { silentLogger, systemClock } from '../../src/kernel';
import { GrpcServer } from '../../src/pilot/grpc';
import { anyOf, typeUrlOf } from '../../src/pilot/proto';
import { encoded, FixedResourceSource } from '../../src/pilot/testing/fixed-resource-source';
import { type DiscoveryTypeName, type EncodedResource, type SyncState, XdsServer } from '../../src/pilot/xds';
import { freePort } from '../tools/envoy-program';
import { realPart } from './real-parts';

const CDS = typeUrlOf('envoy.config.cluster.v3.Cluster');
const EDS = typeUrlOf('envoy.config.endpoint.v3.ClusterLoadAssignment');
const LDS = typeUrlOf('envoy.config.listener.v3.Listener');
const RDS = typeUrlOf('envoy.config.route.v3.RouteConfiguration');
const NODE = 'router~127.0.0.1~gateway-1.istio-gw~istio-gw.svc.cluster.local';
// No time limit: a resource that is not sent would keep Envoy warming for ever, and the test would see it.
const ads = { ads: {}, initialFetchTimeout: '0s', resourceApiVersion: 'V3' } as const;

function cluster(name: string, connectTimeout = '1s'): EncodedResource {
  const body = anyOf('envoy.config.cluster.v3.Cluster', {
    name,
    type: 'EDS',
    connectTimeout,
    edsClusterConfig: { edsConfig: ads },
  });
  return encoded(name, body, {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    namespace: 'shop',
    name,
  });
}

function endpoints(clusterName: string, portValue: number): EncodedResource {
  const lbEndpoints = [{ endpoint: { address: { socketAddress: { address: '127.0.0.1', portValue } } } }];
  return encoded(
    clusterName,
    anyOf('envoy.config.endpoint.v3.ClusterLoadAssignment', { clusterName, endpoints: [{ lbEndpoints }] }),
  );
}

function listener(portValue: number, statPrefix: string): EncodedResource {
  const manager = anyOf('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
    statPrefix,
    rds: { routeConfigName: 'routes', configSource: ads },
    httpFilters: [
      { name: 'envoy.filters.http.router', typedConfig: anyOf('envoy.extensions.filters.http.router.v3.Router', {}) },
    ],
  });
  const filters = [{ name: 'envoy.filters.network.http_connection_manager', typedConfig: manager }];
  const address = { socketAddress: { address: '127.0.0.1', portValue } };
  return encoded(
    'web',
    anyOf('envoy.config.listener.v3.Listener', { name: 'web', address, filterChains: [{ filters }] }),
  );
}

function routes(toCluster: string): EncodedResource {
  const route = { match: { prefix: '/' }, route: { cluster: toCluster } };
  const virtualHosts = [{ name: 'all', domains: ['*'], routes: [route] }];
  return encoded('routes', anyOf('envoy.config.route.v3.RouteConfiguration', { name: 'routes', virtualHosts }));
}

async function serve(answer: string): Promise<Server> {
  const server = createServer((_request, response) => response.end(answer)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

function ask(port: number): Promise<string> {
  return new Promise((resolve) => {
    const call = request({ host: '127.0.0.1', port, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => resolve(text));
    });
    call.on('error', ({ message }) => resolve(message)).end();
  });
}

/** Sum of Envoy's statistics of these names. */
async function statistics(adminPort: number, names: RegExp): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${adminPort}/stats?format=json`);
  const { stats } = (await response.json()) as { stats: { name?: string; value?: number }[] };
  return stats.reduce((sum, { name = '', value = 0 }) => (names.test(name) ? sum + value : sum), 0);
}

/** Clusters and listeners that wait for endpoints or routes. */
function warming(adminPort: number): Promise<number> {
  return statistics(adminPort, /^(cluster_manager.warming_clusters|listener_manager.total_listeners_warming)$/);
}

function updates(adminPort: number, name: string): Promise<number> {
  return statistics(adminPort, new RegExp(`^(cluster|listener)_manager.${name}$`));
}

function bootstrap(apiType: 'GRPC' | 'DELTA_GRPC', xdsPort: number, adminPort: number): object {
  const socketAddress = (port_value: number): object => ({ socket_address: { address: '127.0.0.1', port_value } });
  const type = 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const http2 = { '@type': type, explicit_http_config: { http2_protocol_options: {} } };
  const xdsEndpoints = [{ lb_endpoints: [{ endpoint: { address: socketAddress(xdsPort) } }] }];
  return {
    node: { id: NODE, cluster: 'gateway' },
    admin: { address: socketAddress(adminPort) },
    dynamic_resources: {
      ads_config: {
        api_type: apiType,
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
          load_assignment: { cluster_name: 'xds', endpoints: xdsEndpoints },
        },
      ],
    },
  };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new Error(`never came true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe.each(['GRPC', 'DELTA_GRPC'] as const)('a real Envoy over %s', (apiType) => {
  let source: FixedResourceSource;
  let xds: XdsServer;
  let grpc: GrpcServer;
  let envoy: ChildProcess;
  let listenPort: number;
  let adminPort: number;
  const backends: Server[] = [];

  function state(type: DiscoveryTypeName): SyncState | undefined {
    return xds.proxies()[0]?.types[type]?.state;
  }

  beforeAll(async () => {
    backends.push(await serve('blue'), await serve('green'));
    source = new FixedResourceSource();
    listenPort = await freePort();
    adminPort = await freePort();
    source.set(CDS, [cluster('blue'), cluster('green')]);
    source.set(EDS, [endpoints('blue', portOf(backends[0]!)), endpoints('green', portOf(backends[1]!))]);
    source.set(LDS, [listener(listenPort, 'first')]);
    source.set(RDS, [routes('blue')]);
    xds = new XdsServer({ source, clock: systemClock, logger: silentLogger, identifier: 'test' });
    grpc = new GrpcServer({
      methods: xds.methods(() => Promise.resolve(undefined)),
      clock: systemClock,
      logger: silentLogger,
    });
    const port = await grpc.listen('127.0.0.1', 0);
    const parameters = ['--config-yaml', JSON.stringify(bootstrap(apiType, port, adminPort)), '--use-dynamic-base-id'];
    envoy = spawn(realPart('envoy'), [...parameters, '--log-level', 'critical', '--concurrency', '1'], {
      stdio: 'inherit',
    });
  }, 30_000);

  afterAll(async () => {
    envoy.kill('SIGKILL');
    await once(envoy, 'exit');
    xds.stop();
    await grpc.stop(0);
    for (const backend of backends.splice(0)) backend.close();
  });

  it('routes requests by what it was sent, and accepts all of it', async () => {
    await until(async () => (await ask(listenPort)) === 'blue');
    await until(() => (['cds', 'eds', 'lds', 'rds'] as const).every((type) => state(type) === 'SYNCED'));
    expect(
      xds.resources(NODE, 'eds').map(({ name, wantedVersion, ackedVersion }) => [name, wantedVersion === ackedVersion]),
    ).toEqual([
      ['blue', true],
      ['green', true],
    ]);
  }, 30_000);

  it('follows routes and endpoints', async () => {
    source.set(RDS, [routes('green')]);
    await until(async () => (await ask(listenPort)) === 'green');
    source.set(EDS, [endpoints('blue', portOf(backends[0]!)), endpoints('green', portOf(backends[0]!))]);
    await until(async () => (await ask(listenPort)) === 'blue');
  }, 30_000);

  it('warms a changed cluster with endpoints that did not change, and a changed listener with its routes', async () => {
    source.set(CDS, [cluster('blue'), cluster('green', '2s')]);
    await until(() => state('cds') === 'SYNCED' && state('eds') === 'SYNCED');
    await until(async () => (await updates(adminPort, 'cluster_modified')) > 0);
    await until(async () => (await warming(adminPort)) === 0);
    expect(await ask(listenPort)).toBe('blue');
    source.set(LDS, [listener(listenPort, 'second')]);
    await until(() => state('lds') === 'SYNCED' && state('rds') === 'SYNCED');
    await until(async () => (await updates(adminPort, 'listener_modified')) > 0);
    await until(async () => (await warming(adminPort)) === 0);
    expect(await ask(listenPort)).toBe('blue');
  }, 30_000);

  it('refuses a bad cluster by name, keeps the good ones, and recovers', async () => {
    const bad = encoded(
      'bad',
      anyOf('envoy.config.cluster.v3.Cluster', { name: 'bad', type: 'EDS' }),
      cluster('bad').owner,
    );
    source.set(CDS, [cluster('blue'), cluster('green', '2s'), bad]);
    await until(() => state('cds') === 'ERROR');
    expect(xds.proxies()[0]?.types.cds?.error).toMatchObject({
      names: ['bad'],
      owners: [{ kind: 'DestinationRule', name: 'bad' }],
    });
    expect(await ask(listenPort)).toBe('blue');
    source.set(CDS, [cluster('blue'), cluster('green', '2s')]);
    await until(() => state('cds') === 'SYNCED');
  }, 30_000);
});
