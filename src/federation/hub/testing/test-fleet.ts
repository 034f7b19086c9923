import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccessPoint, accessPointKind } from '../../../accesspoint';
import { pause, silentLogger, systemClock } from '../../../kernel';
import { type ConnectionOptions, KubeApiError, KubeClient, parseKubeconfig } from '../../../kube';
import { coreKinds, type KubeObject, toCustomResourceDefinition } from '../../../kube/schema';
import { type ApiServer, startApiServer } from '../../../kube/server';
import {
  type Bundle,
  bundleKind,
  FEDERATION_API_VERSION,
  type MemberCluster,
  memberClusterKind,
  meshKind,
  SYSTEM_NAMESPACE,
} from '../../api';
import { hubKinds, type HubSettings } from '../setup';
import { reviewHubWrite } from '../webhook/review-hub-write';
import { type Hub, startHub } from '../start-hub';

/** One embedded API server and a client for it. */
export interface TestCluster {
  server: ApiServer;
  readonly client: KubeClient;
  /** Starts it again after it was stopped, at the same address with the same data. */
  readonly restart: () => Promise<ApiServer>;
}

/** Reads until the check holds: the state of the world is what counts, not how long it takes. */
export async function eventually<T>(read: () => Promise<T>, check: (value: T) => boolean): Promise<T> {
  const endMs = systemClock.nowMs() + 30_000;
  for (;;) {
    const value = await read();
    if (check(value)) return value;
    if (systemClock.nowMs() > endMs) throw new Error(`never came true; last seen: ${JSON.stringify(value)}`);
    await pause({ ...systemClock, after: (ms, callback) => stopOf(setTimeout(callback, ms)) }, 20);
  }
}

/** A hub over real API servers, with two zones `test/a` and `test/b` whose agents are played by the test. */
export class TestFleet {
  hub: Hub | undefined;

  private constructor(
    readonly hubCluster: TestCluster,
    private readonly zones: Readonly<Record<string, TestCluster>>,
    private readonly folders: readonly string[],
  ) {}

  /** Starts everything; the zones are connected when it resolves. Without admission, the hub's API server takes whatever fits the schema. */
  static async start({ admission = true } = {}): Promise<TestFleet> {
    const folders: string[] = [];
    const place: { fleet?: TestFleet } = {};
    const hubCluster = await startCluster('hub', folders, {
      customResourceDefinitions: hubKinds.map(toCustomResourceDefinition),
      ...(admission
        ? { reviewer: { review: (request) => reviewHubWrite(request, () => place.fleet?.hub?.lookups(), systemClock) } }
        : {}),
    });
    const zones = { a: await startCluster('a-gateway', folders), b: await startCluster('b-gateway', folders) };
    const fleet = new TestFleet(hubCluster, zones, folders);
    place.fleet = fleet;
    await fleet.startHub();
    await fleet.populate();
    return fleet;
  }

  /** Starts the hub's controllers. */
  async startHub(): Promise<void> {
    this.hub = await this.newHub();
  }

  /** One more hub over the same API server, which leads only when `election` says so. */
  newHub(election?: HubSettings['election']): Promise<Hub> {
    return startHub({
      client: this.hubCluster.client,
      connect: (connection) => new KubeClient(connection),
      clock: systemClock,
      random: () => 0,
      logger: silentLogger,
      ...(election === undefined ? {} : { election }),
    });
  }

  /** Stops the hub's controllers; its API server goes on. */
  async stopHub(): Promise<void> {
    await this.hub?.close();
    this.hub = undefined;
  }

  /** Stops everything and removes what was written. */
  async stop(): Promise<void> {
    await this.stopHub();
    for (const { client, server } of [this.hubCluster, ...Object.values(this.zones)]) {
      await client.close();
      await server.close();
    }
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }

  /** The zone's API server is gone, with all its connections. */
  async stopZone(zone: string): Promise<void> {
    await this.zones[zone]?.server.close();
  }

  /** The zone's API server comes back with what it had. */
  async startZone(zone: string): Promise<void> {
    const cluster = this.zones[zone];
    if (cluster !== undefined) cluster.server = await cluster.restart();
  }

  get client(): KubeClient {
    return this.hubCluster.client;
  }

  clientOf(zone: string): KubeClient {
    const cluster = this.zones[zone];
    if (cluster === undefined) throw new Error(`there is no zone ${zone}`);
    return cluster.client;
  }

  /** How an admin reaches a zone's API server. */
  connectionOf(zone: string): ConnectionOptions {
    return parseKubeconfig(this.zones[zone]?.server.kubeconfig() ?? '', undefined, { untrusted: true });
  }

  async createAccessPoint(name: string, spec: Record<string, unknown> = {}): Promise<void> {
    await this.client.create(accessPointKind, accessPoint(name, spec) as AccessPoint);
  }

  readAccessPoint(name: string): Promise<AccessPoint | undefined> {
    return this.client.get<AccessPoint>(accessPointKind, name, 'shop');
  }

  /** Changes the spec of an access point by a merge patch. */
  async editAccessPoint(name: string, spec: Record<string, unknown>): Promise<void> {
    await this.client.patch(accessPointKind, name, 'shop', { spec }, { type: 'merge' });
  }

  /** The bundles in a zone, of one access point when it is named. */
  async bundlesOf(zone: string, owner?: string): Promise<readonly Bundle[]> {
    const { items } = await this.clientOf(zone).list<Bundle>(bundleKind, { namespace: SYSTEM_NAMESPACE });
    return items.filter(({ spec }) => owner === undefined || spec?.owner.name === owner);
  }

  /** The bundle of one access point for one cluster. */
  async bundleOf(owner: string, cluster: string): Promise<Bundle | undefined> {
    const zone = cluster.split('-')[0] ?? '';
    return (await this.bundlesOf(zone, owner)).find(({ spec }) => spec?.cluster === cluster);
  }

  /** Writes a status as the zone's agent would. */
  async report(zone: string, bundle: Bundle, status: Bundle['status']): Promise<void> {
    const object: Bundle = { ...bundle, ...(status === undefined ? {} : { status }) };
    try {
      await this.clientOf(zone).replaceStatus(bundleKind, object);
    } catch (cause) {
      if (!(cause instanceof KubeApiError && cause.isConflict)) throw cause;
    }
  }

  /** Plays both zone agents once: every bundle is applied, and workload clusters have an address. */
  async reportApplied(): Promise<void> {
    for (const [zone, vip] of [
      ['a', '10.1.0.10'],
      ['b', '10.2.0.10'],
    ] as const) {
      for (const bundle of await this.bundlesOf(zone)) {
        if (bundle.status?.appliedDigest !== bundle.spec?.digest) await this.report(zone, bundle, applied(bundle, vip));
      }
    }
  }

  /** Plays the zone agents until the check holds for an access point. */
  async until(name: string, check: (accessPoint: AccessPoint) => boolean): Promise<AccessPoint> {
    const read = async (): Promise<AccessPoint | undefined> => {
      await this.reportApplied();
      return this.readAccessPoint(name);
    };
    const seen = await eventually(read, (object) => object !== undefined && check(object));
    if (seen === undefined) throw new Error(`access point ${name} is gone`);
    return seen;
  }

  /** Plays the zone agents until an access point runs as written in every cluster. */
  complete(name: string): Promise<AccessPoint> {
    return this.until(
      name,
      (object) =>
        conditionOf(object, 'RolloutComplete') === 'True' &&
        conditionOf(object, 'AddressAssigned') === 'True' &&
        object.status?.observedGeneration === object.metadata.generation,
    );
  }

  private async populate(): Promise<void> {
    const { client } = this;
    await client.create(coreKinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    for (const [zone, { server }] of Object.entries(this.zones)) {
      await client.create(coreKinds.secret, credentials(`${zone}-gateway-credentials`, server.kubeconfig()));
      await client.create(memberClusterKind, member(`${zone}-gateway`, zone, 'Gateway') as MemberCluster);
      await client.create(memberClusterKind, member(`${zone}-apps`, zone, 'Workload') as MemberCluster);
    }
    const spec = { trustDomain: 'prod.example' };
    const mesh: KubeObject = { apiVersion: FEDERATION_API_VERSION, kind: 'Mesh', metadata: { name: 'prod' }, spec };
    await client.create(meshKind, mesh);
    await eventually(
      async () => (await client.list<MemberCluster>(memberClusterKind)).items,
      (items) => items.filter((item) => conditionOf(item, 'Reachable') === 'True').length === 2,
    );
  }
}

/** Status of one condition. */
export function conditionOf(object: AccessPoint | MemberCluster | undefined, type: string): string | undefined {
  return object?.status?.conditions?.find((condition) => condition.type === type)?.status;
}

/** A MemberCluster as people write it. */
export function member(name: string, zone: string, role: 'Gateway' | 'Workload'): KubeObject {
  const reference = role === 'Gateway' ? { credentialsSecretRef: { name: `${name}-credentials` } } : {};
  const spec = { region: 'test', zone, role, meshes: ['prod'], ...reference };
  return { apiVersion: FEDERATION_API_VERSION, kind: 'MemberCluster', metadata: { name }, spec };
}

/** What an agent reports of a bundle that it has applied. */
export function applied({ metadata, spec }: Bundle, vip: string): NonNullable<Bundle['status']> {
  const isWorkload = spec?.cluster.endsWith('-apps') === true;
  return {
    observedGeneration: metadata.generation,
    phase: 'Applied',
    appliedDigest: spec?.digest,
    ...(isWorkload ? { vip } : { routeConfigured: { acked: 1, total: 1 }, readyEndpoints: 2 }),
  };
}

function accessPoint(name: string, spec: Record<string, unknown>): KubeObject {
  return {
    apiVersion: FEDERATION_API_VERSION,
    kind: 'AccessPoint',
    metadata: { name, namespace: 'shop' },
    spec: {
      mesh: 'prod',
      hosts: [`${name}.shop.example.com`],
      ports: [{ name: 'http', number: 80, protocol: 'HTTP', targetPort: 8080 }],
      backend: { service: { name }, selector: { app: name } },
      placement: { zones: ['test/a', 'test/b'] },
      ...spec,
    },
  };
}

function credentials(name: string, kubeconfig: string): KubeObject {
  const data = { kubeconfig: Buffer.from(kubeconfig).toString('base64') };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: SYSTEM_NAMESPACE }, data };
}

async function startCluster(
  name: string,
  folders: string[],
  options: Partial<Parameters<typeof startApiServer>[0]> = {},
): Promise<TestCluster> {
  const dataDir = mkdtempSync(join(tmpdir(), `flotilla-${name}-`));
  folders.push(dataDir);
  const server = await startApiServer({ dataDir, name, ...options });
  const port = Number(new URL(server.url).port);
  return {
    server,
    client: new KubeClient({ ...parseKubeconfig(server.kubeconfig()), cluster: name }),
    restart: () => startApiServer({ dataDir, name, ...options, port }),
  };
}

function stopOf(timer: NodeJS.Timeout): () => void {
  return () => clearTimeout(timer);
}
