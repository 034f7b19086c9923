import { Server, ServerCredentials } from '@grpc/grpc-js';

import { meshKind } from '../../src/federation/api';
import { istioKinds } from '../../src/istio';
import { silentLogger, systemClock } from '../../src/kernel';
import { KubeClient, writeKubeconfig } from '../../src/kube';
import { coreKinds, type KubeObject, type ResourceKind } from '../../src/kube/schema';
import { ScriptedApiServer } from '../../src/kube/testing/scripted-api-server';
import { PilotServer, type ResourceStatus } from '../../src/pilot';
import { XdsGrpcCaller } from '../tools/xds-grpc-caller';

const PORT = 18_080;
const HOST = 'checkout.shop.example.com';
const NODE = 'sidecar~10.0.0.9~client.shop~shop.svc.cluster.local';
const kindOf = (name: string): ResourceKind => istioKinds.find(({ kind }) => kind === name)!;
const identity = (bytes: Buffer): Buffer => bytes;

/** A real gRPC server that answers with its name. */
async function serve(address: string, name: string): Promise<Server> {
  const server = new Server();
  const ask = {
    path: '/test.Who/Ask',
    requestStream: false,
    responseStream: false,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  };
  server.addService(
    { ask },
    { ask: (_call: unknown, reply: (error: null, answer: Buffer) => void) => reply(null, Buffer.from(name)) },
  );
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(`${address}:${PORT}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    ),
  );
  return server;
}

function object(kind: ResourceKind, name: string, namespace: string | undefined, fields: object): KubeObject {
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  const { labels, ...rest } = fields as { labels?: Record<string, string> };
  return {
    apiVersion,
    kind: kind.kind,
    metadata: { name, ...(namespace ? { namespace } : {}), ...(labels ? { labels } : {}) },
    ...rest,
  };
}

function pod(name: string, podIP: string): KubeObject {
  return object(coreKinds.pod, name, 'shop', {
    labels: { app: 'checkout' },
    spec: { nodeName: 'node-1', containers: [{ ports: [{ containerPort: PORT }] }] },
    status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions: [{ type: 'Ready', status: 'True' }] },
  });
}

function seedGatewayCluster(server: ScriptedApiServer): void {
  const put = (kind: string, name: string, spec: object): unknown =>
    server.put(kindOf(kind), object(kindOf(kind), name, 'shop', { spec }));
  server.put(coreKinds.namespace, object(coreKinds.namespace, 'shop', undefined, {}));
  put('ServiceEntry', 'checkout', {
    hosts: [HOST],
    location: 'MESH_INTERNAL',
    resolution: 'STATIC',
    ports: [{ name: 'grpc', number: 80, protocol: 'GRPC', targetPort: PORT }],
    workloadSelector: { labels: { app: 'checkout' } },
  });
  put('WorkloadEntry', 'checkout-west-1', {
    address: '127.0.3.1',
    ports: { grpc: PORT },
    locality: 'west/west-1',
    labels: { app: 'checkout', location: 'remote' },
  });
  put('DestinationRule', 'checkout', {
    host: HOST,
    trafficPolicy: {
      loadBalancer: {
        localityLbSetting: { distribute: [{ from: 'east/east-1/*', to: { 'east/east-1/*': 99, 'west/west-1/*': 1 } }] },
      },
      outlierDetection: { consecutive5xxErrors: 5, interval: '1s', baseEjectionTime: '30s', maxEjectionPercent: 100 },
    },
  });
}

function seedWorkloadCluster(server: ScriptedApiServer): void {
  server.put(coreKinds.namespace, object(coreKinds.namespace, 'shop', undefined, {}));
  const labels = { 'topology.kubernetes.io/region': 'east', 'topology.kubernetes.io/zone': 'east-1' };
  server.put(coreKinds.node, object(coreKinds.node, 'node-1', undefined, { labels }));
  server.put(coreKinds.pod, pod('checkout-1', '127.0.2.1'));
  server.put(coreKinds.pod, pod('checkout-2', '127.0.2.2'));
}

async function until(condition: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadlineMs) throw new Error(`never came true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('a proxyless gRPC client', () => {
  let gatewayCluster: ScriptedApiServer;
  let workloadCluster: ScriptedApiServer;
  let client: KubeClient;
  let pilot: PilotServer;
  let caller: XdsGrpcCaller;
  const servers: Server[] = [];

  beforeAll(async () => {
    const core = [
      coreKinds.service,
      coreKinds.endpointSlice,
      coreKinds.pod,
      coreKinds.node,
      coreKinds.secret,
      coreKinds.namespace, // last, since the scripted server takes the first path that fits
    ];
    gatewayCluster = await ScriptedApiServer.start([...core, ...istioKinds]);
    workloadCluster = await ScriptedApiServer.start(core);
    seedGatewayCluster(gatewayCluster);
    seedWorkloadCluster(workloadCluster);
    const kubeconfig = Buffer.from(writeKubeconfig({ ...workloadCluster.connection, cluster: 'east-1-apps' })).toString(
      'base64',
    );
    const labels = { 'istio/multiCluster': 'true' };
    gatewayCluster.put(
      coreKinds.secret,
      object(coreKinds.secret, 'apps', 'istio-system', { labels, data: { 'east-1-apps': kubeconfig } }),
    );
    servers.push(
      await serve('127.0.2.1', 'east-1'),
      await serve('127.0.2.2', 'east-1'),
      await serve('127.0.3.1', 'west-1'),
    );
    client = new KubeClient(gatewayCluster.connection);
    pilot = new PilotServer({
      client,
      mesh: meshKind.spec.parse({ trustDomain: 'test.example' }),
      listen: { xds: '127.0.0.1:0' },
      identifier: 'east-1',
      clock: systemClock,
      random: Math.random,
      logger: silentLogger,
      loadReportIntervalMs: 100,
    });
    const { xds } = await pilot.start();
    await until(() => pilot.isReady);
    caller = new XdsGrpcCaller(xds, { id: NODE, region: 'east', zone: 'east-1' });
  }, 30_000);

  afterAll(async () => {
    await caller.stop();
    await pilot.stop();
    await client.close();
    for (const server of servers) server.forceShutdown();
    await gatewayCluster.close();
    await workloadCluster.close();
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
