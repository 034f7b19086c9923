import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Bundle,
  bundleKind,
  FEDERATION_API_VERSION,
  type MemberCluster,
  memberClusterKind,
  type Mesh,
  meshKind,
  type MeshSpec,
  SYSTEM_NAMESPACE,
} from '../../federation/api';
import { createRoot, type Root, signIntermediate } from '../../citadel';
import { istioKinds } from '../../istio';
import { digestOf, silentLogger, systemClock } from '../../kernel';
import { KubeClient, parseKubeconfig } from '../../kube';
import { coreKinds, type KubeObject, toCustomResourceDefinition } from '../../kube/schema';
import { type ApiServer, startApiServer } from '../../kube/server';
import { ZoneAgent, type ZoneAgentOptions } from '../agent/zone-agent';
import { noProxies } from '../proxy-status-source';

/** Everything that a test may choose about a bundle. */
export interface BundleDraft {
  readonly name: string;
  readonly cluster: string;
  readonly manifests: readonly KubeObject[];
  readonly epoch?: number;
}

const LOOKS = 400;
const LOOK_EVERY_MS = 25;

/**
 * A zone on real embedded API servers: gateway cluster `east-1-gw`, workload cluster `east-1-apps`, one mesh, and an agent that
 * can be stopped and started like the process that it lives in.
 */
export class ZoneWorld {
  readonly gateway: KubeClient;
  readonly apps: KubeClient;
  agent: ZoneAgent | undefined;
  private appsServer: ApiServer | undefined;
  private readonly appsPort: number;
  private readonly stopping: (() => Promise<void>)[] = [];

  private constructor(
    private readonly folder: string,
    private readonly gatewayServer: ApiServer,
    appsServer: ApiServer,
  ) {
    this.appsServer = appsServer;
    this.appsPort = Number(new URL(appsServer.url).port);
    this.gateway = new KubeClient(parseKubeconfig(gatewayServer.kubeconfig()));
    this.apps = new KubeClient(parseKubeconfig(appsServer.kubeconfig()));
  }

  /** Admin kubeconfig of the gateway cluster, for a zone process. */
  get gatewayKubeconfig(): string {
    return this.gatewayServer.kubeconfig();
  }

  /** Starts both clusters and writes what a hub would have written. */
  static async open(): Promise<ZoneWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'zone-world-'));
    const kinds = [bundleKind, memberClusterKind, meshKind, ...istioKinds].map(toCustomResourceDefinition);
    const gatewayServer = await startApiServer({
      dataDir: join(folder, 'gateway'),
      name: 'east-1-gw',
      customResourceDefinitions: kinds,
    });
    const world = new ZoneWorld(folder, gatewayServer, await startApps(folder, 0));
    await world.prepare();
    return world;
  }

  /** A new agent, as a new process would have. */
  async startAgent(options: Partial<ZoneAgentOptions> = {}): Promise<ZoneAgent> {
    const agent = new ZoneAgent({
      client: this.gateway,
      cluster: 'east-1-gw',
      clock: systemClock,
      random: () => 0.5,
      logger: silentLogger,
      proxies: noProxies,
      probe: () => Promise.resolve({ ok: true }),
      ...options,
    });
    this.agent = agent;
    await agent.start(AbortSignal.timeout(10_000));
    return agent;
  }

  async stopAgent(): Promise<void> {
    await this.agent?.stop();
    this.agent = undefined;
  }

  /** Signs what the zone asks for, as the hub does. */
  async hubSigns(): Promise<Root> {
    const read = () => this.gateway.get<MemberCluster>(memberClusterKind, 'east-1-gw');
    const copy = await seen(read, (found) => found?.status?.certificateRequests?.prod !== undefined);
    const nowMs = Date.now();
    const { trustDomain } = meshSpec;
    const root = await createRoot({ trustDomain, algorithm: 'EcdsaP256', lifetimeDays: 30, nowMs });
    const chain = await signIntermediate({
      ...{ csrPem: copy?.status?.certificateRequests?.prod ?? '', trustDomain, lifetimeDays: 7, nowMs },
      ...{ rootKeyPem: root.keyPem, rootCertificatePem: root.certificatePem },
    });
    const patch = { spec: { certificateChains: { prod: chain } } };
    await this.gateway.patch(memberClusterKind, 'east-1-gw', undefined, patch, { type: 'merge' });
    return root;
  }

  /** The workload cluster goes away, as in a network partition. */
  async loseApps(): Promise<void> {
    await this.appsServer?.close();
    this.appsServer = undefined;
  }

  /** It comes back under the same address with the same data. */
  async returnApps(): Promise<void> {
    this.appsServer = await startApps(this.folder, this.appsPort);
  }

  /** Writes a bundle as the hub does. */
  async putBundle({ name, cluster, manifests, epoch = 1 }: BundleDraft): Promise<void> {
    const digest = digestOf(manifests);
    const bundle: Bundle = {
      apiVersion: FEDERATION_API_VERSION,
      kind: 'Bundle',
      metadata: { name, namespace: SYSTEM_NAMESPACE },
      spec: {
        ...{ cluster, zone: 'east/east-1', mesh: 'prod', revision: digest.slice(0, 12), digest, epoch },
        owner: { kind: 'AccessPoint', namespace: 'shop', name: 'checkout' },
        manifests: [...manifests],
      },
    };
    await this.gateway.apply(bundleKind, bundle, { fieldManager: 'flotilla', force: true });
  }

  deleteBundle(name: string): Promise<boolean> {
    return this.gateway.delete(bundleKind, name, SYSTEM_NAMESPACE);
  }

  bundle(name: string): Promise<Bundle | undefined> {
    return this.gateway.get<Bundle>(bundleKind, name, SYSTEM_NAMESPACE);
  }

  /** Looks until the bundle is as wanted. */
  bundleWith(name: string, wanted: (bundle: Bundle) => boolean): Promise<Bundle> {
    return seen(
      () => this.bundle(name),
      (bundle) => bundle !== undefined && wanted(bundle),
    ) as Promise<Bundle>;
  }

  async close(): Promise<void> {
    await this.stopAgent();
    for (const stop of this.stopping) await stop();
    await Promise.all([this.gateway.close(), this.apps.close()]);
    await Promise.all([this.gatewayServer.close(), this.appsServer?.close()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async prepare(): Promise<void> {
    const { namespace, secret } = coreKinds;
    const createNamespace = (client: KubeClient, name: string): Promise<KubeObject> =>
      client.create(namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const name of [SYSTEM_NAMESPACE, 'istio-system', 'istio-prod', 'shop'])
      await createNamespace(this.gateway, name);
    await createNamespace(this.apps, 'shop');
    const kubeconfig = this.appsServer?.kubeconfig() ?? '';
    await this.gateway.create(secret, remoteSecret('east-1-apps', kubeconfig));
    await this.gateway.create(meshKind, mesh);
    await this.gateway.create(memberClusterKind, memberCluster('east-1-gw', 'Gateway'));
    await this.gateway.create(memberClusterKind, memberCluster('east-1-apps', 'Workload'));
  }
}

/** Looks at the world again and again until it is as wanted. @throws Error with what was seen last */
export async function seen<Value>(look: () => Promise<Value>, isWanted: (value: Value) => boolean): Promise<Value> {
  let last: Value | undefined;
  for (let turn = 0; turn < LOOKS; turn += 1) {
    last = await look();
    if (isWanted(last)) return last;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`never seen: ${isWanted.toString()}; last: ${JSON.stringify(last)}`);
}

/** A kubeconfig Secret as `istioctl create-remote-secret` writes it. */
export function remoteSecret(cluster: string, kubeconfig: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `istio-remote-secret-${cluster}`,
      namespace: 'istio-system',
      labels: { 'istio/multiCluster': 'true' },
    },
    type: 'Opaque',
    data: { [cluster]: Buffer.from(kubeconfig).toString('base64') },
  };
}

function startApps(folder: string, port: number): Promise<ApiServer> {
  return startApiServer({ dataDir: join(folder, 'apps'), name: 'east-1-apps', port });
}

const meshSpec: MeshSpec = {
  ...{ trustDomain: 'prod.example.com', rootNamespace: 'istio-system', gatewayNamespace: 'istio-prod' },
  ca: {
    ...{ selfSigned: true, algorithm: 'EcdsaP256', rootLifetimeDays: 3650 },
    ...{ intermediateLifetimeDays: 365, leafLifetimeHours: 24 },
  },
  discoverySelectors: [],
  defaultExportTo: { service: ['.'], virtualService: ['.'], destinationRule: ['.'] },
  locality: { localPercent: 99 },
  domain: 'global',
};

/** The mesh that the zone belongs to. */
export const mesh: Mesh = {
  ...{ apiVersion: FEDERATION_API_VERSION, kind: 'Mesh', metadata: { name: 'prod' } },
  spec: meshSpec,
};

function memberCluster(name: string, role: 'Gateway' | 'Workload'): MemberCluster {
  return {
    apiVersion: FEDERATION_API_VERSION,
    kind: 'MemberCluster',
    metadata: { name },
    spec: { region: 'east', zone: 'east-1', role, meshes: ['prod'], taints: [], paused: false },
  };
}
