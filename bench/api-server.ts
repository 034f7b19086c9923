/**
 * The embedded API server, and beside it the real kube-apiserver with etcd when `npm run test:real` has installed it:
 *
 *   node -r ./scripts/typescript-register.cjs bench/api-server.ts [--creates 5000] [--objects 10000] [--watchers 1000] [--small 100000] [--embedded-only]
 *
 * 1. Durable writes of the store alone, one by one and together.
 * 2. Start-up, creates of 3 kB custom resources from 32 writers, and memory.
 * 3. Listing many objects.
 * 4. One write to many watchers: the first, and the median of more with what each costs the server.
 * 5. Memory with many small objects.
 *
 * Takes about three minutes on two cores.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { silentLogger } from '../src/kernel';
import { KubeClient, parseKubeconfig } from '../src/kube';
import { coreKinds, type KubeObject, type ResourceKind } from '../src/kube/schema';
import { startApiServer } from '../src/kube/server';
import { ObjectStore } from '../src/kube/server/storage';
import { BenchReport } from './bench-report';
import { RealControlPlane } from '../test/real/real-control-plane';

const WRITERS = 32;
const FAN_OUT_WRITES = 30;
const FILLER = 'x'.repeat(2700);

const kind: ResourceKind = {
  group: 'bench.example.com',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  namespaced: true,
};

const definition: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.bench.example.com' },
  spec: {
    group: kind.group,
    scope: 'Namespaced',
    names: { plural: kind.plural, kind: kind.kind },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { filler: { type: 'string' }, number: { type: 'integer' } } },
            },
          },
        },
      },
    ],
  },
};

const thing = (number: number): KubeObject => ({
  apiVersion: 'bench.example.com/v1',
  kind: 'Thing',
  metadata: { name: `thing-${number}`, namespace: 'default', labels: { app: `app-${number % 10}` } },
  spec: { filler: FILLER, number },
});

const small = (number: number): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `small-${number}`, namespace: 'default' } },
  data: { filler: 'x'.repeat(600) },
});

const report = new BenchReport('api-server');

interface Sizes {
  readonly creates: number;
  readonly objects: number;
  readonly watchers: number;
}

/** A server in a process of its own. */
interface Server {
  readonly name: string;
  readonly kubeconfig: string;
  readonly startSeconds: number;
  readonly pids: () => readonly number[];
  readonly stop: () => Promise<void>;
}

async function embedded(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const startedMs = performance.now();
  const child = fork(__filename, ['--serve', folder], { execArgv: process.execArgv });
  const kubeconfig = await new Promise<string>((resolve) =>
    child.once('message', (message) => resolve(message as string)),
  );
  const startSeconds = (performance.now() - startedMs) / 1000;
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(folder, { recursive: true });
  };
  return { name: 'embedded', kubeconfig, startSeconds, pids: () => [child.pid!], stop };
}

async function ended(child: ChildProcess): Promise<void> {
  const end = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await end;
}

async function real(): Promise<Server | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-real-'));
  try {
    const startedMs = performance.now();
    const plane = await RealControlPlane.start(folder);
    const cluster = await plane.cluster('bench');
    const startSeconds = (performance.now() - startedMs) / 1000;
    return {
      name: 'kube-apiserver + etcd',
      kubeconfig: cluster.kubeconfig,
      startSeconds,
      pids: () => childrenOf(process.pid),
      stop: () => plane.stop(),
    };
  } catch (cause) {
    console.log(`no real kube-apiserver: ${cause instanceof Error ? cause.message : String(cause)}`);
    return undefined;
  }
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

function rssMb(pids: readonly number[]): number {
  return pids.reduce(
    (sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    0,
  );
}

function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return (performance.now() - startedMs) / 1000;
}

async function together(count: number, once: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await once(next++);
  };
  await Promise.all(Array.from({ length: WRITERS }, worker));
}

async function measure(server: Server, { creates, objects, watchers }: Sizes): Promise<void> {
  const client = clientOf(server);
  report.add(server.name, { 'start s': server.startSeconds, 'RSS MB at start': rssMb(server.pids()) });
  await client.create(coreKinds.customResourceDefinition, definition);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const cpuBefore = cpuSeconds(server.pids());
  const seconds = await timed(() => together(creates, (number) => client.create(kind, thing(number))));
  const cpu = ((cpuSeconds(server.pids()) - cpuBefore) / creates) * 1000;
  report.add(server.name, {
    'creates/s': creates / seconds,
    'server CPU ms/create': cpu,
    'RSS MB after creates': rssMb(server.pids()),
  });
  await together(Math.max(0, objects - creates), (number) => client.create(kind, thing(creates + number)));
  for (const limit of [500, 100_000]) {
    let count = 0;
    const listSeconds = await timed(
      async () => (count = (await client.list(kind, { limitPerPage: limit })).items.length),
    );
    report.add(server.name, { [`list of ${count} objects, page size ${limit}, s`]: listSeconds });
  }
  report.add(server.name, { watchers, ...(await fanOut(client, server, watchers)) });
  await client.close();
}

function clientOf({ kubeconfig }: Server): KubeClient {
  const rateLimit = { requestsPerSecond: 1e6, burst: 1e6 };
  return new KubeClient(parseKubeconfig(kubeconfig, undefined, { untrusted: true }), { rateLimit });
}

/** Writes one by one; how long until the last watcher has each. The first is told apart: nothing is compiled yet on either side. */
async function fanOut(client: KubeClient, server: Server, watchers: number): Promise<Readonly<Record<string, number>>> {
  const stopping = new AbortController();
  const before = rssMb(server.pids());
  const { resourceVersion } = await client.list(kind, { limitPerPage: 1 });
  let [open, seen] = [0, 0];
  let allSeen = (): void => undefined;
  const watching = Array.from({ length: watchers }, async () => {
    const options = { resourceVersion: resourceVersion ?? '', signal: stopping.signal };
    for await (const batch of client.watchBatches(kind, options)) {
      if (batch.length === 0) open += 1;
      seen += batch.filter(({ type }) => type !== 'BOOKMARK').length;
      if (seen === watchers) allSeen();
    }
  });
  while (open < watchers) await new Promise((resolve) => setTimeout(resolve, 50));
  const withWatchers = rssMb(server.pids());
  const write = async (number: number): Promise<number> => {
    const done = new Promise<void>((resolve) => (allSeen = resolve));
    seen = 0;
    const tookMs = 1000 * (await timed(() => Promise.all([client.create(kind, thing(9_000_000 + number)), done])));
    await new Promise((resolve) => setTimeout(resolve, 100));
    return tookMs;
  };
  const first = await write(0);
  const cpuBefore = cpuSeconds(server.pids());
  const later: number[] = [];
  for (let number = 1; number <= FAN_OUT_WRITES; number += 1) later.push(await write(number));
  const cpuMs = ((cpuSeconds(server.pids()) - cpuBefore) * 1000) / FAN_OUT_WRITES;
  stopping.abort();
  await Promise.allSettled(watching);
  return {
    'fan-out, first write, ms': first,
    'fan-out, median write, ms': later.sort((left, right) => left - right)[FAN_OUT_WRITES >> 1] ?? 0,
    'fan-out, server CPU ms/write': cpuMs,
    'RSS kB/watcher': ((withWatchers - before) * 1024) / watchers,
  };
}

/** The embedded server with many objects of 0.9 kB: what they cost in memory, and how long a restart with them takes. */
async function manySmall(count: number): Promise<void> {
  const server = await embedded();
  const client = clientOf(server);
  const before = rssMb(server.pids());
  const fillSeconds = await timed(() => together(count, (number) => client.create(coreKinds.configMap, small(number))));
  report.add('embedded, objects of 0.9 kB', {
    objects: count,
    'creates/s': count / fillSeconds,
    'RSS MB when empty': before,
    'RSS MB': rssMb(server.pids()),
  });
  await client.close();
  await server.stop();
}

async function storeAlone(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-store-'));
  const store = await ObjectStore.open(folder, silentLogger);
  const put = (name: string): Promise<unknown> =>
    store.commit({ key: { resource: 'things', namespace: 'default', name }, expectedRevision: 0, object: thing(0) });
  const [one, many] = [1_000, 50_000];
  const oneByOne = await timed(async () => {
    for (let number = 0; number < one; number += 1) await put(`one-${number}`);
  });
  const grouped = await timed(async () => {
    for (let start = 0; start < many; start += 1_000)
      await Promise.all(Array.from({ length: 1_000 }, (_none, index) => put(`many-${start + index}`)));
  });
  report.add('store, 3 kB', { 'durable writes/s, one by one': one / oneByOne, 'in groups of 1,000': many / grouped });
  await store.close();
  const reopened = await timed(async () => (await ObjectStore.open(folder, silentLogger)).close());
  report.add('store, 3 kB', { [`open with ${one + many} objects, s`]: reopened });
  rmSync(folder, { recursive: true });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      serve: { type: 'string' },
      creates: { type: 'string', default: '5000' },
      objects: { type: 'string', default: '10000' },
      watchers: { type: 'string', default: '1000' },
      small: { type: 'string', default: '100000' },
      'embedded-only': { type: 'boolean', default: false },
    },
  });
  if (values.serve !== undefined) {
    const server = await startApiServer({ dataDir: values.serve });
    process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
    process.send?.(server.kubeconfig());
    return;
  }
  const sizes = { creates: Number(values.creates), objects: Number(values.objects), watchers: Number(values.watchers) };
  await storeAlone();
  for (const start of values['embedded-only'] ? [embedded] : [embedded, real]) {
    const server = await start();
    if (server === undefined) continue;
    await measure(server, sizes).finally(() => server.stop());
  }
  const compared = ['start s', 'RSS MB at start', 'creates/s', 'server CPU ms/create'];
  const fanOuts = ['fan-out, first write, ms', 'fan-out, median write, ms', 'fan-out, server CPU ms/write'];
  for (const measure of [...compared, ...fanOuts, 'RSS kB/watcher'])
    report.compare(measure, 'embedded', 'kube-apiserver + etcd');
  await manySmall(Number(values.small));
  report.print();
}

void main();
