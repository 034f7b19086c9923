import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccessPoint, accessPointKind } from '../../accesspoint';
import { createKey, createSigningRequest, chainProblems } from '../../citadel';
import { silentLogger, systemClock } from '../../kernel';
import { KubeApiError, KubeClient, parseKubeconfig } from '../../kube';
import { coreKinds, type KubeObject, toCustomResourceDefinition } from '../../kube/schema';
import { type ApiServer, startApiServer } from '../../kube/server';
import { type Bundle, bundleKind, type MemberCluster, memberClusterKind, meshKind, SYSTEM_NAMESPACE } from '../api';
import { hubKinds } from './hub-kinds';
import { reviewHubWrite } from './hub-reviewer';
import { type Hub, startHub } from './start-hub';

jest.setTimeout(60_000);

interface Cluster {
  readonly server: ApiServer;
  readonly client: KubeClient;
}

const folders: string[] = [];
let hubCluster: Cluster;
let zones: Record<string, Cluster>;
let hub: Hub | undefined;

async function cluster(name: string, options: Partial<Parameters<typeof startApiServer>[0]> = {}): Promise<Cluster> {
  const dataDir = mkdtempSync(join(tmpdir(), `flotilla-${name}-`));
  folders.push(dataDir);
  const server = await startApiServer({ dataDir, name, ...options });
  return { server, client: new KubeClient({ ...parseKubeconfig(server.kubeconfig()), cluster: name }) };
}

async function runHub(): Promise<Hub> {
  const connect = (connection: ConstructorParameters<typeof KubeClient>[0]): KubeClient => new KubeClient(connection);
  const client = hubCluster.client;
  return startHub({ client, connect, clock: systemClock, random: () => 0, logger: silentLogger, epoch: 0 });
}

/** Reads until the check holds; the state of the world is what counts, and how long it takes is not. */
async function eventually<T>(read: () => Promise<T>, check: (value: T) => boolean): Promise<T> {
  const endMs = Date.now() + 15_000;
  for (;;) {
    const value = await read();
    if (check(value)) return value;
    if (Date.now() > endMs) throw new Error(`never came true; last seen: ${JSON.stringify(value, undefined, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function member(name: string, zone: string, role: 'Gateway' | 'Workload'): KubeObject {
  return {
    apiVersion: 'federation.flotilla.dev/v1alpha1',
    kind: 'MemberCluster',
    metadata: { name },
    spec: {
      region: 'test',
      zone,
      role,
      meshes: ['prod'],
      ...(role === 'Gateway' ? { credentialsSecretRef: { name: `${name}-credentials` } } : {}),
    },
  };
}

function accessPoint(name: string, spec: Record<string, unknown> = {}): KubeObject {
  return {
    apiVersion: 'federation.flotilla.dev/v1alpha1',
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

const readAccessPoint = (name: string): Promise<AccessPoint | undefined> =>
  hubCluster.client.get<AccessPoint>(accessPointKind, name, 'shop');
const conditionOf = (object: AccessPoint | undefined, type: string): string | undefined =>
  object?.status?.conditions?.find((condition) => condition.type === type)?.status;

async function bundlesOf(zone: string): Promise<readonly Bundle[]> {
  return (await zones[zone]!.client.list<Bundle>(bundleKind, { namespace: SYSTEM_NAMESPACE })).items;
}

/** Plays the zone agent: reports every bundle as applied, with an address for workload clusters. */
async function reportApplied(zone: string, vip: string): Promise<void> {
  for (const bundle of await bundlesOf(zone)) {
    if (bundle.status?.appliedDigest === bundle.spec?.digest) continue;
    const workload = bundle.spec?.cluster.endsWith('-apps') === true;
    const status = {
      observedGeneration: bundle.metadata.generation,
      phase: 'Applied',
      appliedDigest: bundle.spec?.digest,
      ...(workload ? { vip } : { routeConfigured: { acked: 1, total: 1 }, readyEndpoints: 2 }),
      observedAt: new Date().toISOString(),
    };
    await zones[zone]!.client.replaceStatus(bundleKind, { ...bundle, status } as Bundle).catch((cause: unknown) => {
      if (!(cause instanceof KubeApiError && cause.isConflict)) throw cause;
    });
  }
}

async function complete(name: string): Promise<AccessPoint> {
  const object = await eventually(
    async () => {
      await reportApplied('a', '10.1.0.10');
      await reportApplied('b', '10.2.0.10');
      return readAccessPoint(name);
    },
    (seen) =>
      conditionOf(seen, 'RolloutComplete') === 'True' &&
      seen?.status?.observedGeneration === seen?.metadata.generation &&
      conditionOf(seen, 'AddressAssigned') === 'True',
  );
  return object!;
}

beforeAll(async () => {
  hubCluster = await cluster('hub', {
    customResourceDefinitions: hubKinds.map(toCustomResourceDefinition),
    reviewer: { review: (request) => reviewHubWrite(request, hub?.lookups()) },
  });
  zones = { a: await cluster('a-gateway'), b: await cluster('b-gateway') };
  hub = await runHub();
  const { client } = hubCluster;
  for (const name of ['shop'])
    await client.create(coreKinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const [zone, { server }] of Object.entries(zones)) {
    await client.create(coreKinds.secret, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `${zone}-gateway-credentials`, namespace: SYSTEM_NAMESPACE },
      data: { kubeconfig: Buffer.from(server.kubeconfig()).toString('base64') },
    });
    await client.create(memberClusterKind, member(`${zone}-gateway`, zone, 'Gateway') as MemberCluster);
    await client.create(memberClusterKind, member(`${zone}-apps`, zone, 'Workload') as MemberCluster);
  }
  const mesh = {
    apiVersion: 'federation.flotilla.dev/v1alpha1',
    kind: 'Mesh',
    metadata: { name: 'prod' },
    spec: { trustDomain: 'prod.example' },
  };
  await client.create(meshKind, mesh);
  await eventually(
    () => client.get<MemberCluster>(memberClusterKind, 'b-gateway'),
    (seen) => seen?.status?.conditions?.some(({ type, status }) => type === 'Reachable' && status === 'True') === true,
  );
});

afterAll(async () => {
  await hub?.close();
  for (const { client, server } of [hubCluster, ...Object.values(zones)]) {
    await client.close();
    await server.close();
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('the hub', () => {
  it('copies the mesh and the members of a zone into its gateway cluster, without credentials', async () => {
    const copies = await eventually(
      async () => (await zones.a!.client.list<MemberCluster>(memberClusterKind)).items,
      (items) => items.length === 2,
    );
    expect(copies.map(({ metadata }) => metadata.name).sort()).toEqual(['a-apps', 'a-gateway']);
    expect(copies.every(({ spec }) => spec?.credentialsSecretRef === undefined)).toBe(true);
    await eventually(
      () => zones.a!.client.get(meshKind, 'prod'),
      (mesh) => mesh !== undefined,
    );
  });

  it('signs the intermediate that a zone asks for, once', async () => {
    const keyPem = await createKey('EcdsaP256');
    const request = await createSigningRequest({ keyPem, zone: 'test/a', mesh: 'prod', trustDomain: 'prod.example' });
    const read = (): Promise<MemberCluster | undefined> =>
      zones.a!.client.get<MemberCluster>(memberClusterKind, 'a-gateway');
    const copy = await eventually(read, (seen) => seen !== undefined);
    await zones.a!.client.replaceStatus(memberClusterKind, {
      ...copy!,
      status: { ...copy!.status, certificateRequests: { prod: request } },
    });
    const signed = await eventually(read, (seen) => seen?.spec?.certificateChains?.prod !== undefined);
    const chain = signed!.spec!.certificateChains!.prod!;
    expect(chainProblems(chain, Date.now())).toEqual([]);
    const mesh = await hubCluster.client.get<KubeObject<unknown, { rootCertificate: string }>>(meshKind, 'prod');
    expect(chain).toContain(mesh!.status!.rootCertificate.trim());
    await eventually(
      () => hubCluster.client.get<MemberCluster>(memberClusterKind, 'a-gateway'),
      (seen) =>
        seen?.status?.conditions?.some(({ type, status }) => type === 'IdentityTrusted' && status === 'True') === true,
    );
    expect((await read())!.spec!.certificateChains!.prod).toBe(chain);
  });

  it('releases an access point cluster by cluster and ends with all conditions true', async () => {
    await hubCluster.client.create(accessPointKind, accessPoint('checkout') as AccessPoint);
    await eventually(
      () => bundlesOf('a'),
      (bundles) => bundles.length === 1,
    );
    // Nothing else moves before the first cluster has reported.
    expect((await bundlesOf('b')).length).toBe(0);
    const done = await complete('checkout');
    const states = Object.fromEntries((done.status?.conditions ?? []).map(({ type, status }) => [type, status]));
    expect(states).toEqual({
      Accepted: 'True',
      Placed: 'True',
      AddressAssigned: 'True',
      CertificateInstalled: 'True',
      RouteConfigured: 'True',
      Available: 'True',
      RolloutComplete: 'True',
    });
    expect(done.status?.currentRevision).toBe(done.status?.targetRevision);
    const gateway = (await bundlesOf('a')).find(({ spec }) => spec?.cluster === 'a-gateway');
    const entries = gateway?.spec?.manifests.filter(({ kind }) => kind === 'WorkloadEntry') as KubeObject<{
      address: string;
    }>[];
    expect(entries.map(({ spec }) => spec?.address)).toEqual(['10.2.0.10']);
  });

  it('rewrites nothing when it restarts', async () => {
    await complete('checkout');
    const versions = async (): Promise<unknown> => [
      ...(await bundlesOf('a')).map(({ metadata }) => [metadata.name, metadata.resourceVersion]),
      ...(await bundlesOf('b')).map(({ metadata }) => [metadata.name, metadata.resourceVersion]),
      (await readAccessPoint('checkout'))?.metadata.resourceVersion,
      ...(await zones.a!.client.list(memberClusterKind)).items.map(({ metadata }) => metadata.resourceVersion),
    ];
    const before = await versions();
    await hub?.close();
    hub = await runHub();
    await hubCluster.client.create(accessPointKind, accessPoint('after-restart') as AccessPoint);
    await complete('after-restart');
    expect((await versions()) as unknown[]).toEqual(expect.arrayContaining(before as unknown[]));
  });

  it('moves an intent change cluster by cluster, and a fact change at once', async () => {
    const before = await complete('checkout');
    const spec = {
      ...before.spec,
      runtime: { ...before.spec!.runtime, locality: { ...before.spec!.runtime.locality, localPercent: 90 } },
    };
    await hubCluster.client.patch(accessPointKind, 'checkout', 'shop', { spec }, { type: 'merge' });
    const changed = await eventually(
      () => readAccessPoint('checkout'),
      (seen) => seen?.status?.targetRevision !== before.status?.targetRevision,
    );
    const released = (changed?.status?.clusters ?? []).filter(
      ({ revision }) => revision === changed?.status?.targetRevision,
    );
    expect(released.map(({ cluster: name }) => name)).toEqual(['a-apps']);
    // The address of zone b changes while b still runs the old revision: a's gateway hears of it at its own old revision.
    const bundle = (await bundlesOf('b')).find(
      ({ spec: own }) => own?.cluster === 'b-apps' && own.owner.name === 'checkout',
    )!;
    await zones.b!.client.replaceStatus(bundleKind, {
      ...bundle,
      status: { ...bundle.status, vip: '10.2.0.99', observedAt: new Date().toISOString() },
    });
    const gateway = await eventually(
      async () =>
        (await bundlesOf('a')).find(({ spec: own }) => own?.cluster === 'a-gateway' && own.owner.name === 'checkout'),
      (seen) => JSON.stringify(seen?.spec?.manifests).includes('10.2.0.99'),
    );
    expect(gateway?.spec?.revision).toBe(before.status?.targetRevision);
    await zones.b!.client.replaceStatus(bundleKind, {
      ...(await bundlesOf('b')).find(({ metadata }) => metadata.name === bundle.metadata.name)!,
      status: bundle.status!,
    });
    const done = await complete('checkout');
    expect(done.status?.currentRevision).toBe(changed?.status?.targetRevision);
  });

  it('refuses bad access points at the API, naming the field, and changes nothing', async () => {
    const before = await hubCluster.client.list(accessPointKind, { namespace: 'shop' });
    const attempt = (spec: Record<string, unknown>): Promise<unknown> =>
      hubCluster.client.create(accessPointKind, accessPoint('bad', spec) as AccessPoint);
    await expect(attempt({ mesh: 'prd' })).rejects.toThrow(/spec\.mesh.*there is no mesh "prd"/s);
    await expect(attempt({ placement: { zones: ['test/z'] } })).rejects.toThrow(/spec\.placement\.zones\[0\]/);
    await expect(attempt({ runtime: { locality: { localPercent: 101 } } })).rejects.toThrow(
      /spec\.runtime\.locality\.localPercent/,
    );
    const after = await hubCluster.client.list(accessPointKind, { namespace: 'shop' });
    expect(after.items.length).toBe(before.items.length);
  });

  it('tells the loser of a conflict who won, and lets it take over when the winner goes', async () => {
    await complete('checkout');
    await hubCluster.client.create(
      accessPointKind,
      accessPoint('rival', { hosts: ['checkout.shop.example.com'] }) as AccessPoint,
    );
    const loser = await eventually(
      () => readAccessPoint('rival'),
      (seen) => conditionOf(seen, 'Accepted') === 'False',
    );
    expect(loser?.status?.conditions?.find(({ type }) => type === 'Accepted')?.message).toMatch(
      /spec\.hosts\[0\].*shop\/checkout/,
    );
    expect((await bundlesOf('a')).some(({ spec }) => spec?.owner.name === 'rival')).toBe(false);
    await hubCluster.client.delete(accessPointKind, 'checkout', 'shop');
    await eventually(
      () => readAccessPoint('checkout'),
      (seen) => seen === undefined,
    );
    expect((await bundlesOf('a')).some(({ spec }) => spec?.owner.name === 'checkout')).toBe(false);
    await complete('rival');
  });
});
