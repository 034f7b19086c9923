/**
 * The zone agent with many bundles, on embedded API servers in processes of their own:
 *
 *   node -r ./scripts/typescript-register.cjs bench/zone-agent.ts [--bundles 500]
 *
 * 1. From the start of an agent until every bundle is applied, and the same after a restart, when all is applied already.
 * 2. What it costs when pods change all the time: CPU seconds for each second.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bundle, bundleKind, memberClusterKind, meshKind, SYSTEM_NAMESPACE } from '../src/federation/api';
import { istioKinds } from '../src/istio';
import { digestOf, silentLogger, systemClock } from '../src/kernel';
import { KubeClient, parseKubeconfig } from '../src/kube';
import { coreKinds, type KubeObject, toCustomResourceDefinition } from '../src/kube/schema';
import { startApiServer } from '../src/kube/server';
import { ZoneAgent } from '../src/zone/agent/zone-agent';
import { noProxies } from '../src/zone/proxy-status-source';

const CLUSTER = 'east-1-gw';
const WRITERS = 16;

const istio = (kind: string, name: string, spec: object): KubeObject => ({
  ...{ apiVersion: 'networking.istio.io/v1', kind, metadata: { name, namespace: 'shop' } },
  spec,
});

/** What one access point with three zones gives a gateway cluster. */
function manifestsOf(number: number): KubeObject[] {
  const name = `app-${number}`;
  const host = `${name}.shop.example.com`;
  const entry = (zone: string, address: string): KubeObject =>
    istio('WorkloadEntry', `${name}-${zone}`, { address, ports: { http: 80 }, locality: `east/${zone}` });
  const to = { 'east/east-1/*': 99, 'east/east-2/*': 1 };
  return [
    istio('ServiceEntry', name, {
      ...{ hosts: [host], resolution: 'STATIC', ports: [{ name: 'http', number: 80, protocol: 'HTTP' }] },
      workloadSelector: { labels: { app: name } },
    }),
    entry('east-2', '127.0.0.1'),
    entry('west-1', '127.0.0.1'),
    istio('DestinationRule', name, {
      host,
      trafficPolicy: { loadBalancer: { localityLbSetting: { distribute: [{ from: 'east/east-1/*', to }] } } },
    }),
    istio('Gateway', name, {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: [host] }],
    }),
    istio('VirtualService', name, { hosts: [host], http: [{ route: [{ destination: { host } }] }] }),
  ];
}

function bundleOf(number: number): Bundle {
  const manifests = manifestsOf(number);
  const digest = digestOf(manifests);
  return {
    ...{ apiVersion: 'federation.flotilla.dev/v1alpha1', kind: 'Bundle' },
    metadata: { name: `app-${number}`, namespace: SYSTEM_NAMESPACE },
    spec: {
      ...{ cluster: CLUSTER, zone: 'east/east-1', mesh: 'prod', revision: 'r', digest, epoch: 1 },
      owner: { kind: 'AccessPoint', namespace: 'shop', name: `app-${number}` },
      manifests: [...manifests],
    },
  };
}

async function inParallel(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: WRITERS }, worker));
}

/** @param settles measure until nothing is written any more, for a start that finds all statuses as they should be */
async function measureStart(client: KubeClient, bundles: number, what: string, settles: boolean): Promise<ZoneAgent> {
  const startedMs = Date.now();
  const cpu = process.cpuUsage();
  const agent = new ZoneAgent({
    ...{ client, cluster: CLUSTER, clock: systemClock, random: Math.random, logger: silentLogger, proxies: noProxies },
    probe: () => Promise.resolve({ ok: true }),
  });
  await agent.start(AbortSignal.timeout(60_000));
  const applied = (): number => agent.copies.bundles.list().filter(({ status }) => status?.phase === 'Applied').length;
  while (applied() < bundles) await new Promise((resolve) => setTimeout(resolve, 50));
  if (settles) await untilQuiet(client);
  report(what, startedMs, cpu);
  if (!settles) await untilQuiet(client);
  return agent;
}

/** The agent goes on to write health for a while. */
async function untilQuiet(client: KubeClient): Promise<void> {
  for (let last = ''; ;) {
    const { resourceVersion } = await client.list(coreKinds.namespace);
    if (resourceVersion === last) return;
    last = resourceVersion;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function report(what: string, startedMs: number, since: NodeJS.CpuUsage): void {
  const { user, system } = process.cpuUsage(since);
  const seconds = (Date.now() - startedMs) / 1000;
  const memory = Math.round(process.memoryUsage().rss / 1024 / 1024);
  const cpuSeconds = ((user + system) / 1e6).toFixed(1);
  console.log(`${what}: ${seconds.toFixed(1)} s, ${cpuSeconds} s of CPU in this process, ${memory} MB`);
}

async function podChurn(client: KubeClient, seconds: number): Promise<void> {
  const startedMs = Date.now();
  const cpu = process.cpuUsage();
  let changes = 0;
  while (Date.now() - startedMs < seconds * 1000) {
    const status = changes % 2 === 0 ? 'False' : 'True';
    const patch = { status: { conditions: [{ type: 'Ready', status }] } };
    await client.patch(coreKinds.pod, 'app-0', 'shop', patch, { type: 'merge', subresource: 'status' });
    changes += 1;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  report(`${changes} changes of one pod`, startedMs, cpu);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { bundles: { type: 'string', default: '500' } } });
  const bundles = Number(values.bundles);
  const { child, kubeconfig } = await startServer();
  const client = new KubeClient({ ...parseKubeconfig(kubeconfig), cluster: CLUSTER });
  for (const name of [SYSTEM_NAMESPACE, 'shop']) {
    await client.create(coreKinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  const metadata = { name: 'app-0', namespace: 'shop', labels: { app: 'app-0' } };
  const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata };
  await client.create(coreKinds.pod, { ...pod, spec: { containers: [{ name: 'app', image: 'app' }] } });
  await inParallel(bundles, (index) => client.create(bundleKind, bundleOf(index)));
  const first = await measureStart(client, bundles, `${bundles} bundles, ${bundles * 6} objects, first start`, false);
  await first.stop();
  const second = await measureStart(client, bundles, 'restart with everything applied, until quiet', true);
  await podChurn(client, 10);
  await second.stop();
  await client.close();
  child.kill();
}

/** The API server runs in a process of its own, so that CPU and memory here are the agent's. */
function startServer(): Promise<{ child: ChildProcess; kubeconfig: string }> {
  const child = fork(__filename, ['--server'], { execArgv: process.execArgv });
  return new Promise((resolve) => child.once('message', (kubeconfig: string) => resolve({ child, kubeconfig })));
}

async function serve(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'zone-agent-bench-'));
  process.once('SIGTERM', () => {
    rmSync(dataDir, { recursive: true, force: true });
    process.exit(0);
  });
  const kinds = [bundleKind, memberClusterKind, meshKind, ...istioKinds].map(toCustomResourceDefinition);
  const server = await startApiServer({ dataDir, customResourceDefinitions: kinds });
  process.send?.(server.kubeconfig());
}

void (process.argv.includes('--server') ? serve() : main());
