import type { Server } from '@grpc/grpc-js';
import { meshKind } from '../../src/federation/api';
import { istioKinds } from '../../src/istio';
import { silentLogger, systemClock } from '../../src/kernel';
import { KubeClient, writeKubeconfig } from '../../src/kube';
import { coreKinds, type KubeObject, type ResourceKind } from '../../src/kube/schema';
import { ScriptedApiServer } from '../../src/kube/testing/scripted-api-server';
import { PilotServer } from '../../src/pilot';
import { serveWho } from '../tools/who-server';

/** The host that clients of {@link TwoZones} call. */
export const HOST = 'checkout.shop.example.com';
/** A node id of a client in its zone. */
export const NODE = 'sidecar~10.0.0.9~client.shop~shop.svc.cluster.local';
/** Of the application; its own for every process, so that two of them can run at once. */
const PORT = 20_000 + (process.pid % 10_000);
const kindOf = (name: string): ResourceKind => istioKinds.find(({ kind }) => kind === name)!;
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

/** A ready pod of the application in `east/east-1`. */
export function pod(name: string, podIP: string): KubeObject {
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

/**
 * A pilot of zone `east/east-1` over scripted API servers, which splits calls to {@link HOST} 99 to 1: two pods of its own, 127.0.2.1 and 127.0.2.2,
 * and zone `west/west-1` at 127.0.3.1. Behind the addresses are real gRPC servers that answer with the name of their zone.
 */
export class TwoZones {
  private constructor(
    readonly pilot: PilotServer,
    readonly xdsPort: number,
    readonly workloadCluster: ScriptedApiServer,
    private readonly surroundings: {
      readonly gatewayCluster: ScriptedApiServer;
      readonly client: KubeClient;
      readonly servers: readonly Server[];
    },
  ) {}

  /** Starts everything; the pilot is ready when it resolves. */
  static async start(): Promise<TwoZones> {
    const servers = await Promise.all([
      serveWho('east-1', [`127.0.2.1:${PORT}`, `127.0.2.2:${PORT}`]),
      serveWho('west-1', [`127.0.3.1:${PORT}`]),
    ]);
    const core = [
      coreKinds.service,
      coreKinds.endpointSlice,
      coreKinds.pod,
      coreKinds.node,
      coreKinds.secret,
      coreKinds.namespace, // last, since the scripted server takes the first path that fits
    ];
    const gatewayCluster = await ScriptedApiServer.start([...core, ...istioKinds]);
    const workloadCluster = await ScriptedApiServer.start(core);
    seedGatewayCluster(gatewayCluster);
    seedWorkloadCluster(workloadCluster);
    gatewayCluster.put(coreKinds.secret, credentialsOf(workloadCluster));
    const client = new KubeClient(gatewayCluster.connection);
    const pilot = new PilotServer({
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
    return new TwoZones(pilot, xds, workloadCluster, { gatewayCluster, client, servers });
  }

  async stop(): Promise<void> {
    const { client, servers, gatewayCluster } = this.surroundings;
    await this.pilot.stop();
    await client.close();
    for (const server of servers) server.forceShutdown();
    await gatewayCluster.close();
    await this.workloadCluster.close();
  }
}

function credentialsOf(cluster: ScriptedApiServer): KubeObject {
  const kubeconfig = writeKubeconfig({ ...cluster.connection, cluster: 'east-1-apps' });
  const data = { 'east-1-apps': Buffer.from(kubeconfig).toString('base64') };
  return object(coreKinds.secret, 'apps', 'istio-system', { labels: { 'istio/multiCluster': 'true' }, data });
}

/** Waits until the state of the world is so. */
export async function until(condition: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadlineMs) throw new Error(`never came true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
