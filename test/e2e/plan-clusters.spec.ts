import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { run as apply } from '../../src/cli/commands/apply-command';
import { run as diff } from '../../src/cli/commands/diff-command';
import { run as plan } from '../../src/cli/commands/plan-command';
import type { DriftReport } from '../../src/cli/drift/drift-report';
import type { ChangePlan, ClusterChange } from '../../src/federation';
import { type Bundle, labels, memberClusterKind } from '../../src/federation/api';
import { TestFleet } from '../../src/federation/hub/testing/test-fleet';
import { KubeClient, parseKubeconfig } from '../../src/kube';
import type { KubeObject } from '../../src/kube/schema';
import { type ApiServer, startApiServer } from '../../src/kube/server';
import { Kubectl } from '../tools/kubectl';

jest.setTimeout(120_000);

const SERVICE = { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'checkout' };

let fleet: TestFleet;
let folder: string;
let apps: ApiServer;
let appsClient: KubeClient;
let kubectl: Kubectl;
let mute: Server;

/** A cluster that takes connections and says nothing. */
function startMute(): Promise<Server> {
  const server = createServer(() => undefined);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: object }[];
  readonly users: readonly { readonly user: object }[];
}

/** One kubeconfig with a context per name, the first of them the current one, as a person has it. */
function writeContexts(file: string, contexts: Readonly<Record<string, string>>): string {
  const parts = Object.entries(contexts).map(([name, text]) => ({ name, config: parse(text) as Kubeconfig }));
  const config = {
    'current-context': parts[0]!.name,
    contexts: parts.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
    clusters: parts.map(({ name, config }) => ({ name, cluster: config.clusters[0]!.cluster })),
    users: parts.map(({ name, config }) => ({ name, user: config.users[0]!.user })),
  };
  const path = join(folder, file);
  writeFileSync(path, JSON.stringify(config));
  return path;
}

function muteKubeconfig(): string {
  const address = mute.address() as { port: number };
  return JSON.stringify({
    clusters: [{ cluster: { server: `https://127.0.0.1:${address.port}` } }],
    users: [{ user: { token: 'x' } }],
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-plan-clusters-'));
  fleet = await TestFleet.start();
  apps = await startApiServer({ dataDir: join(folder, 'a-apps'), name: 'a-apps' });
  appsClient = new KubeClient({ ...parseKubeconfig(apps.kubeconfig()), cluster: 'a-apps' });
  kubectl = new Kubectl(apps.kubeconfig());
  mute = await startMute();
});

afterAll(async () => {
  process.exitCode = 0;
  mute.close();
  await appsClient.close();
  await apps.close();
  await fleet.stop();
  rmSync(folder, { recursive: true, force: true });
  rmSync(kubectl.folder, { recursive: true, force: true });
});

async function printed(command: () => Promise<void>): Promise<{ text: string; exitCode: unknown }> {
  const parts: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((part) => parts.push(String(part)) > 0);
  process.exitCode = 0;
  try {
    await command();
  } finally {
    write.mockRestore();
  }
  const { exitCode } = process;
  process.exitCode = 0;
  return { text: parts.join(''), exitCode };
}

function checkout(name: string, spec: Record<string, unknown> = {}): string {
  const file = join(folder, name);
  const object: KubeObject = {
    apiVersion: 'federation.flotilla.dev/v1alpha1',
    kind: 'AccessPoint',
    metadata: { name: 'checkout', namespace: 'shop' },
    spec: {
      mesh: 'prod',
      hosts: ['checkout.shop.example.com'],
      ports: [{ name: 'http', number: 80, protocol: 'HTTP', targetPort: 8080 }],
      backend: { service: { name: 'checkout' }, selector: { app: 'checkout' } },
      placement: { zones: ['test/a', 'test/b'] },
      ...spec,
    },
  };
  writeFileSync(file, JSON.stringify(object));
  return file;
}

async function changeOf(cluster: string, options: Parameters<typeof plan>[0]): Promise<ClusterChange | undefined> {
  const { text } = await printed(() => plan({ ...options, output: 'json' }));
  return (JSON.parse(text) as ChangePlan).clusters.find((change) => change.cluster === cluster);
}

const foreign = `
apiVersion: v1
kind: Service
metadata: {name: checkout, namespace: shop}
spec:
  selector: {app: somebody-elses}
  ports: [{name: http, port: 80, targetPort: 9999}]
`;

describe('what workload clusters say to a plan', () => {
  beforeAll(async () => {
    await kubectl.run(['create', 'namespace', 'shop']);
    await kubectl.apply(foreign, '--server-side', '--field-manager=team-helm');
  });

  it('names the manager that owns fields of its Service, by the context that has its name', async () => {
    const kubeconfig = writeContexts('all.yaml', {
      hub: fleet.hubCluster.server.kubeconfig(),
      'a-apps': apps.kubeconfig(),
    });
    const options = { file: [checkout('new.json')], kubeconfig };
    const change = await changeOf('a-apps', options);
    expect(change).toMatchObject({ state: 'ready', checkedWith: 'context a-apps' });
    expect(change).not.toHaveProperty('notChecked');
    const conflicts = change?.conflicts ?? [];
    expect(new Set(conflicts.map(({ manager }) => manager))).toEqual(new Set(['team-helm']));
    expect(conflicts).toContainEqual({ object: SERVICE, field: '.spec.selector', manager: 'team-helm' });
    const { text, exitCode } = await printed(() => plan(options));
    expect(exitCode).toBe(2);
    expect(text).toContain('! a-apps  .spec.selector of Service shop/checkout belongs to "team-helm"');
    expect(text).toContain('= a-apps  asked for conflicts with the context of the same name');
    expect(text).toContain("= a-gateway, b-gateway  asked for conflicts with the hub's credentials");
    expect(text).toMatch(/\? b-apps {2}not checked for conflicts: only its zone has credentials for it/);
    // Asked, not touched.
    expect(JSON.parse(await kubectl.run(['get', 'service', 'checkout', '-n', 'shop', '-o', 'json']))).toMatchObject({
      spec: { selector: { app: 'somebody-elses' } },
    });
    expect(await fleet.readAccessPoint('checkout')).toBeUndefined();
  });

  it('asks by a context of another name when it is told which', async () => {
    const kubeconfig = writeContexts('named.yaml', {
      hub: fleet.hubCluster.server.kubeconfig(),
      'admin@somewhere': apps.kubeconfig(),
    });
    const options = { file: [checkout('new.json')], kubeconfig };
    expect((await changeOf('a-apps', options))?.notChecked).toMatch(/no context has its name/);
    const told = await changeOf('a-apps', { ...options, clusterContext: ['a-apps=admin@somewhere'] });
    expect(told?.checkedWith).toBe('context admin@somewhere');
    expect(told?.conflicts?.length).toBeGreaterThan(0);
    for (const wrong of ['a-apps', 'a-apps=nowhere']) {
      await expect(plan({ ...options, clusterContext: [wrong] })).rejects.toMatchObject({ code: 'FLO3114' });
    }
  });

  it('does not ask a cluster at another address than the MemberCluster declares, unless it is told to', async () => {
    await fleet.client.patch(
      memberClusterKind,
      'a-apps',
      undefined,
      { spec: { apiServer: 'https://a.example:6443' } },
      { type: 'merge' },
    );
    const kubeconfig = writeContexts('all.yaml', {
      hub: fleet.hubCluster.server.kubeconfig(),
      'a-apps': apps.kubeconfig(),
    });
    const options = { file: [checkout('new.json')], kubeconfig };
    expect((await changeOf('a-apps', options))?.notChecked).toMatch(
      /^context a-apps leads to https:\/\/\S+, the MemberCluster to https:\/\/a\.example:6443/,
    );
    const told = await changeOf('a-apps', { ...options, clusterContext: ['a-apps=a-apps'] });
    expect(told?.checkedWith).toBe('context a-apps');
    await fleet.client.patch(
      memberClusterKind,
      'a-apps',
      undefined,
      { spec: { apiServer: apps.url } },
      { type: 'merge' },
    );
    expect((await changeOf('a-apps', options))?.checkedWith).toBe('context a-apps');
  });

  it('waits for a silent cluster only so long, and tells of the others', async () => {
    const kubeconfig = writeContexts('silent.yaml', {
      hub: fleet.hubCluster.server.kubeconfig(),
      'a-apps': apps.kubeconfig(),
      'b-apps': muteKubeconfig(),
    });
    const startMs = performance.now();
    const { text } = await printed(() => plan({ file: [checkout('new.json')], kubeconfig, output: 'json' }));
    expect(performance.now() - startMs).toBeLessThan(40_000);
    const { clusters } = JSON.parse(text) as ChangePlan;
    const silent = clusters.find(({ cluster }) => cluster === 'b-apps');
    expect(silent).toMatchObject({ state: 'ready', notChecked: expect.stringContaining('b-apps') as string });
    expect(silent).not.toHaveProperty('conflicts');
    expect(clusters.find(({ cluster }) => cluster === 'a-apps')?.conflicts?.length).toBeGreaterThan(0);
  });

  it('finds contexts in several files, as kubectl reads KUBECONFIG', async () => {
    const hub = writeContexts('hub-only.yaml', { hub: fleet.hubCluster.server.kubeconfig() });
    const own = writeContexts('own.yaml', { 'a-apps': apps.kubeconfig() });
    const before = process.env.KUBECONFIG;
    process.env.KUBECONFIG = `${hub}:${own}:${join(folder, 'not-there')}`;
    try {
      expect((await changeOf('a-apps', { file: [checkout('new.json')] }))?.checkedWith).toBe('context a-apps');
    } finally {
      if (before === undefined) delete process.env.KUBECONFIG;
      else process.env.KUBECONFIG = before;
    }
  });
});

describe('what workload clusters have now', () => {
  let kubeconfig: string;

  /** Applies what is released to a-apps, as its zone does. */
  async function playZone(): Promise<void> {
    const bundle = (await fleet.bundleOf('checkout', 'a-apps')) as Bundle;
    for (const manifest of bundle.spec!.manifests as KubeObject[]) {
      if (manifest.kind === 'Namespace') continue;
      const own = { [labels.managedBy]: 'flotilla', [labels.bundle]: bundle.metadata.name };
      const metadata = { ...manifest.metadata, labels: { ...manifest.metadata.labels, ...own } };
      const kind = await appsClient.kindOf(manifest.apiVersion, manifest.kind);
      await appsClient.apply(kind, { ...manifest, metadata }, { fieldManager: 'flotilla', force: true });
    }
  }

  async function driftIn(cluster: string): Promise<readonly string[]> {
    const { text } = await printed(() => diff({ file: [], kubeconfig, output: 'json' }));
    const report = JSON.parse(text) as DriftReport;
    expect(report.asked).toContainEqual({ cluster, with: `context ${cluster}` });
    return report.drift
      .filter((row) => row.cluster === cluster)
      .map(({ object, path, wanted, found, state }) => `${object} ${path} ${wanted} ${found} ${state}`);
  }

  beforeAll(async () => {
    kubeconfig = writeContexts('all.yaml', {
      hub: fleet.hubCluster.server.kubeconfig(),
      'a-apps': apps.kubeconfig(),
    });
    await kubectl.run(['delete', 'service', 'checkout', '-n', 'shop', '--ignore-not-found']);
    await printed(() => apply({ file: [checkout('new.json')], kubeconfig, yes: true }));
    await fleet.complete('checkout');
    await playZone();
  });

  it('is no drift when it is as released, with all defaults and allocations that the cluster added', async () => {
    expect(await driftIn('a-apps')).toEqual([]);
  });

  it('is drift when somebody changed or deleted it by hand, until that is undone', async () => {
    const patch = [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 9999 }];
    await kubectl.run(['patch', 'service', 'checkout', '-n', 'shop', '--type=json', '-p', JSON.stringify(patch)]);
    const [row, ...more] = await driftIn('a-apps');
    expect(row).toMatch(/^Service\/shop\/checkout spec\.ports\[0\]\.targetPort 8080 9999 now$/);
    expect(more).toEqual([]);
    const { text, exitCode } = await printed(() => diff({ file: [], kubeconfig }));
    expect(exitCode).toBe(2);
    expect(text).toContain('a-apps  Service/shop/checkout  spec.ports[0].targetPort  8080 → 9999\n');
    await kubectl.run(['delete', 'service', 'checkout', '-n', 'shop']);
    expect(await driftIn('a-apps')).toEqual(['Service/shop/checkout  present absent now']);
    await playZone();
    expect(await driftIn('a-apps')).toEqual([]);
  });
});
