/**
 * Our Kubernetes client beside @kubernetes/client-node, each case in a process of its own, the API servers in another:
 *
 *   node -r ./scripts/typescript-register.cjs bench/kube-client.ts [--requests 4000] [--clusters 100]
 *
 * 1. Requests a second and CPU per request over TLS, 16 under way at once.
 * 2. Many clusters × 20 watches with 50 objects each: connections, memory, CPU and time until all caches are Live.
 * 3. One cluster, 20,000 events after as many to warm up: what a change costs the reader.
 *
 * One write to 1,000 watchers is measured in bench/api-server.ts, beside the real kube-apiserver. Takes about two minutes.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { silentLogger, systemClock } from '../src/kernel';
import { BenchReport } from './bench-report';
import { Informer, KubeClient } from '../src/kube';
import type { KubeObject, ResourceKind } from '../src/kube/schema';
import { CertificateAuthority } from '../src/kube/server/authentication/certificate-authority';
import { ScriptedApiServer } from '../src/kube/testing/scripted-api-server';

const KINDS = 20;
const OBJECTS = 50;
const CONCURRENCY = 16;
const WARM_UP_TURNS = 30;
const EVENTS = 20_000;

interface Fleet {
  readonly caPem: string;
  readonly servers: readonly string[];
}

interface Numbers {
  readonly [name: string]: number;
}

type Message =
  { readonly kind: 'fleet'; readonly fleet: Fleet } | { readonly kind: 'connections'; readonly count: number };

const kinds: readonly ResourceKind[] = Array.from({ length: KINDS }, (_none, index) => ({
  ...{ group: 'bench.flotilla.dev', version: 'v1', namespaced: true },
  ...{ kind: `Kind${index}`, plural: `kind${index}s` },
}));

const cases: Readonly<Record<string, (fleet: Fleet, size: number) => Promise<Numbers>>> = {
  'requests, flotilla': requestsOurs,
  'requests, client-node': requestsTheirs,
  'watches, flotilla over HTTP/2': (fleet) => watchesOurs(fleet, true),
  'watches, flotilla over HTTP/1.1': (fleet) => watchesOurs(fleet, false),
  'watches, client-node': watchesTheirs,
  'events, flotilla': eventsOurs,
  'events, client-node': eventsTheirs,
};

function objectOf(kind: ResourceKind, index: number, note = ''): KubeObject {
  return {
    apiVersion: `${kind.group}/${kind.version}`,
    kind: kind.kind,
    metadata: {
      ...{ name: `object-${index}`, namespace: 'bench', labels: { app: `app-${index}` } },
      annotations: { note },
      managedFields: [
        { manager: 'bench', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:text': {}, 'f:numbers': {} } } },
      ],
    },
    spec: { text: 'x'.repeat(1500), numbers: Array.from({ length: 20 }, (_none, number) => number) },
  };
}

/** The process of the API servers: prints nothing, answers messages. */
async function serve(clusters: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const authority = await CertificateAuthority.open(folder, () => Date.now());
  rmSync(folder, { recursive: true });
  const pair = await authority.issue({ commonName: 'apiserver', names: ['127.0.0.1'] });
  const tls = { cert: pair.certificate, key: pair.key, ca: authority.certificate, http2: true };
  const servers: ScriptedApiServer[] = [];
  for (let index = 0; index < clusters; index += 1) {
    const server = await ScriptedApiServer.start(kinds, tls);
    for (const kind of kinds)
      for (let number = 0; number < OBJECTS; number += 1) server.put(kind, objectOf(kind, number));
    servers.push(server);
  }
  process.on('message', (question) => {
    const count = servers.reduce((sum, server) => sum + server.openConnections, 0);
    if (question === 'connections') process.send?.({ kind: 'connections', count } satisfies Message);
    if (question === 'events') void emit(servers[0]!);
  });
  const fleet = { caPem: authority.certificate, servers: servers.map(({ connection }) => connection.server) };
  process.send?.({ kind: 'fleet', fleet } satisfies Message);
}

async function emit(server: ScriptedApiServer): Promise<void> {
  for (let number = 0; number < EVENTS; number += 1) {
    server.put(kinds[0]!, objectOf(kinds[0]!, number % OBJECTS, number === EVENTS - 1 ? 'last' : ''));
    if (number % 100 === 0) {
      server.store.compact();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function clientOf(fleet: Fleet, index: number, http2 = true): KubeClient {
  const rateLimit = { requestsPerSecond: 1e6, burst: 1e6 };
  const connection = { cluster: `c${index}`, server: fleet.servers[index]!, caPem: fleet.caPem };
  return new KubeClient(connection, { rateLimit, pool: { http2 } });
}

async function configOf(fleet: Fleet, index: number): Promise<import('@kubernetes/client-node').KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const caData = Buffer.from(fleet.caPem).toString('base64');
  config.loadFromClusterAndUser(
    { name: 'c', server: fleet.servers[index]!, caData, skipTLSVerify: false },
    { name: 'u' },
  );
  return config;
}

/** Runs `count` requests, `CONCURRENCY` at once, after as many as it takes to be compiled. */
async function requests(count: number, once: () => Promise<unknown>): Promise<Numbers> {
  for (let turn = 0; turn < WARM_UP_TURNS; turn += 1) await Promise.all(Array.from({ length: CONCURRENCY }, once));
  const [cpu, startedMs] = [process.cpuUsage(), performance.now()];
  let left = count;
  const worker = async (): Promise<void> => {
    while ((left -= 1) >= 0) await once();
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - startedMs) / 1000;
  return { 'requests/s': count / seconds, 'CPU ms/request': (user + system) / 1000 / count };
}

async function requestsOurs(fleet: Fleet, size: number): Promise<Numbers> {
  const client = clientOf(fleet, 0);
  return requests(size, () => client.get(kinds[0]!, 'object-1', 'bench'));
}

async function requestsTheirs(fleet: Fleet, size: number): Promise<Numbers> {
  const { CustomObjectsApi } = await import('@kubernetes/client-node');
  const api = (await configOf(fleet, 0)).makeApiClient(CustomObjectsApi);
  const { group, version, plural } = kinds[0]!;
  const parameters = { group, version, plural, namespace: 'bench', name: 'object-1' };
  return requests(size, () => api.getNamespacedCustomObject(parameters));
}

/** Time, CPU and memory that `run` takes. */
async function measured(run: () => Promise<unknown>): Promise<Numbers> {
  globalThis.gc?.();
  const [cpu, startedMs, before] = [process.cpuUsage(), performance.now(), process.memoryUsage().rss];
  await run();
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  globalThis.gc?.();
  return {
    'seconds to Live': seconds,
    'CPU s': (user + system) / 1e6,
    'RSS MB': (process.memoryUsage().rss - before) / 1e6,
  };
}

async function watchesOurs(fleet: Fleet, http2: boolean): Promise<Numbers> {
  const clients = fleet.servers.map((_server, index) => clientOf(fleet, index, http2));
  const shared = { clock: systemClock, random: Math.random, logger: silentLogger };
  const informers = clients.flatMap((client) => kinds.map((kind) => new Informer({ client, kind, ...shared })));
  return measured(async () => {
    for (const informer of informers) informer.start();
    await Promise.all(informers.map((informer) => informer.whenSynced()));
  });
}

async function watchesTheirs(fleet: Fleet): Promise<Numbers> {
  const { CustomObjectsApi, makeInformer } = await import('@kubernetes/client-node');
  const starts: (() => Promise<void>)[] = [];
  for (const index of fleet.servers.keys()) {
    const config = await configOf(fleet, index);
    const api = config.makeApiClient(CustomObjectsApi);
    for (const { group, version, plural } of kinds) {
      const list = (): Promise<never> =>
        api.listCustomObjectForAllNamespaces({ group, version, plural }) as Promise<never>;
      const informer = makeInformer(config, `/apis/${group}/${version}/${plural}`, list);
      starts.push(() => informer.start());
    }
  }
  return measured(() => Promise.all(starts.map((start) => start())));
}

interface Noted {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}

/** What an event costs a reader that has run for a while: the first `EVENTS` are not counted. */
async function events(onUpdate: (listener: (object: Noted) => void) => void): Promise<Numbers> {
  let isLast = (): void => undefined;
  onUpdate(({ metadata }) => (metadata.annotations?.note === 'last' ? isLast() : undefined));
  const all = async (): Promise<void> => {
    const last = new Promise<void>((resolve) => (isLast = resolve));
    process.send?.('events');
    await last;
  };
  await all();
  const numbers = await measured(all);
  const seconds = numbers['seconds to Live'] ?? 1;
  return { 'events/s': EVENTS / seconds, 'CPU µs/event': ((numbers['CPU s'] ?? 0) * 1e6) / EVENTS };
}

async function eventsOurs(fleet: Fleet): Promise<Numbers> {
  const shared = { clock: systemClock, random: Math.random, logger: silentLogger };
  const informer = new Informer({ client: clientOf(fleet, 0), kind: kinds[0]!, ...shared });
  informer.start();
  await informer.whenSynced();
  return events((listener) =>
    informer.onChange((_key, current) => (current === undefined ? undefined : listener(current))),
  );
}

async function eventsTheirs(fleet: Fleet): Promise<Numbers> {
  const { CustomObjectsApi, makeInformer } = await import('@kubernetes/client-node');
  const config = await configOf(fleet, 0);
  const { group, version, plural } = kinds[0]!;
  const api = config.makeApiClient(CustomObjectsApi);
  const list = (): Promise<never> => api.listCustomObjectForAllNamespaces({ group, version, plural }) as Promise<never>;
  const informer = makeInformer(config, `/apis/${group}/${version}/${plural}`, list);
  await informer.start();
  await new Promise((resolve) => setTimeout(resolve, 200));
  return events((listener) => informer.on('update', ({ metadata = {} }) => listener({ metadata })));
}

/** One case in a process of its own; the parent relays its questions to the servers. */
async function runCase(name: string, clusters: number, size: number): Promise<Numbers> {
  const options = { execArgv: ['-r', './scripts/typescript-register.cjs', '--expose-gc', '--no-warnings'] };
  const server = fork(__filename, ['--role', 'serve', '--clusters', String(clusters)], options);
  const fleet = await new Promise<Fleet>((resolve) =>
    server.on('message', (message: Message) => (message.kind === 'fleet' ? resolve(message.fleet) : undefined)),
  );
  const client = fork(__filename, ['--role', name, '--requests', String(size)], options);
  client.send(fleet);
  const numbers = await new Promise<Numbers>((resolve, reject) => {
    client.on('message', (message: Numbers | string) => {
      if (typeof message === 'string') server.send(message);
      else resolve(message);
    });
    client.on('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
  });
  const connections = await new Promise<number>((resolve) => {
    server.on('message', (message: Message) => (message.kind === 'connections' ? resolve(message.count) : undefined));
    server.send('connections');
  });
  for (const child of [client, server]) child.kill('SIGKILL');
  return { ...numbers, connections };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      role: { type: 'string', default: 'main' },
      requests: { type: 'string', default: '4000' },
      clusters: { type: 'string', default: '100' },
      only: { type: 'string', default: '' },
    },
  });
  const [size, clusters] = [Number(values.requests), Number(values.clusters)];
  if (values.role === 'serve') return serve(clusters);
  const run = cases[values.role];
  if (run !== undefined) {
    const fleet = await new Promise<Fleet>((resolve) =>
      process.once('message', (message) => resolve(message as Fleet)),
    );
    return void process.send?.(await run(fleet, size));
  }
  const report = new BenchReport('kube-client');
  for (const name of Object.keys(cases).filter((label) => label.includes(values.only))) {
    report.add(name, await runCase(name, name.startsWith('watches') ? clusters : 1, size));
  }
  for (const measure of ['requests/s', 'CPU ms/request'])
    report.compare(measure, 'requests, flotilla', 'requests, client-node');
  for (const measure of ['seconds to Live', 'CPU s', 'RSS MB', 'connections'])
    report.compare(measure, 'watches, flotilla over HTTP/2', 'watches, client-node');
  for (const measure of ['events/s', 'CPU µs/event'])
    report.compare(measure, 'events, flotilla', 'events, client-node');
  report.print();
}

void main();
