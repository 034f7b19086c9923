/**
 * A push of 1,000 clusters to 50 proxies: one cluster changes, every proxy gets the whole state and accepts it. Each resource
 * is encoded once and its bytes are shared; beside it, in the same run, the same server with a source that encodes for each
 * proxy. The proxies are gRPC clients in a process of their own.
 *
 *   node -r ./scripts/typescript-register.cjs bench/xds-push.ts [--clusters 1000] [--proxies 50] [--pushes 10]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';

import { silentLogger, systemClock } from '../src/kernel';
import { GrpcServer } from '../src/pilot/grpc';
import { type AnyJson, anyOf, decode, encode, encodeAny, typeUrlOf } from '../src/pilot/proto';
import { type EncodedResource, ResourceSet, type ResourceSource, XdsServer } from '../src/pilot/xds';

const CDS = typeUrlOf('envoy.config.cluster.v3.Cluster');
const PATH = '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources';

const { values } = parseArgs({
  options: {
    clusters: { type: 'string', default: '1000' },
    proxies: { type: 'string', default: '50' },
    pushes: { type: 'string', default: '10' },
    connect: { type: 'string' },
  },
});
const clusters = Number(values.clusters);
const proxies = Number(values.proxies);
const pushes = Number(values.pushes);

/** A cluster of about 1.2 kB, as a mesh service with mutual TLS has it. */
function clusterJson(index: number, generation: number): AnyJson {
  const name = `outbound|80||service-${index}.shop.svc.cluster.local`;
  const sds = {
    apiConfigSource: { apiType: 'GRPC', grpcServices: [{ envoyGrpc: { clusterName: 'sds-grpc' } }] },
  } as const;
  const upstreamTls = anyOf('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
    sni: `outbound_.80_._.service-${index}.shop.svc.cluster.local`,
    commonTlsContext: {
      alpnProtocols: ['istio-peer-exchange', 'istio'],
      tlsCertificateSdsSecretConfigs: [{ name: 'default', sdsConfig: sds }],
      combinedValidationContext: { validationContextSdsSecretConfig: { name: 'ROOTCA', sdsConfig: sds } },
    },
  });
  return anyOf('envoy.config.cluster.v3.Cluster', {
    name,
    type: 'EDS',
    edsClusterConfig: {
      edsConfig: { ads: {}, initialFetchTimeout: '0s', resourceApiVersion: 'V3' },
      serviceName: name,
    },
    connectTimeout: `${10 + generation}s`,
    lbPolicy: 'LEAST_REQUEST',
    circuitBreakers: {
      thresholds: [{ maxConnections: 4294967295, maxPendingRequests: 4294967295, maxRequests: 4294967295 }],
    },
    outlierDetection: { consecutive5xx: 5, interval: '1s', baseEjectionTime: '30s', maxEjectionPercent: 100 },
    commonLbConfig: { localityWeightedLbConfig: {} },
    metadata: {
      filterMetadata: { istio: { services: [{ host: `service-${index}.shop.svc.cluster.local`, namespace: 'shop' }] } },
    },
    transportSocketMatches: [
      {
        name: 'tlsMode-istio',
        match: { tlsMode: 'istio' },
        transportSocket: { name: 'envoy.transport_sockets.tls', typedConfig: upstreamTls },
      },
      {
        name: 'tlsMode-disabled',
        match: {},
        transportSocket: {
          name: 'envoy.transport_sockets.raw_buffer',
          typedConfig: anyOf('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer', {}),
        },
      },
    ],
  });
}

function encodeResource(json: AnyJson): EncodedResource {
  const bytes = encodeAny(json);
  return { name: String(json['name']), version: createHash('sha256').update(bytes).digest('hex').slice(0, 16), bytes };
}

/** All clusters; the first one has another timeout in each generation. */
class BenchSource implements ResourceSource {
  private generation = 0;
  private readonly bodies = Array.from({ length: clusters }, (_none, index) => clusterJson(index, 0));
  private encodedBodies = this.bodies.map(encodeResource);
  private shared = new ResourceSet(this.encodedBodies);
  private readonly ownSets = new WeakMap<object, { readonly generation: number; readonly set: ResourceSet }>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly encodesPerProxy: boolean) {}

  isReady(): boolean {
    return true;
  }

  resources(proxy: object, typeUrl: string): ResourceSet {
    if (typeUrl !== CDS) return ResourceSet.empty;
    return this.encodesPerProxy ? this.ownSet(proxy) : this.shared;
  }

  private ownSet(proxy: object): ResourceSet {
    const known = this.ownSets.get(proxy);
    if (known?.generation === this.generation) return known.set;
    const set = new ResourceSet(this.bodies.map(encodeResource));
    this.ownSets.set(proxy, { generation: this.generation, set });
    return set;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  change(): void {
    this.generation += 1;
    this.bodies[0] = clusterJson(0, this.generation);
    this.encodedBodies = [encodeResource(this.bodies[0]), ...this.encodedBodies.slice(1)];
    this.shared = new ResourceSet(this.encodedBodies);
    for (const listener of this.listeners) listener();
  }
}

interface Phase {
  readonly ms: number;
  readonly cpuMs: number;
}

async function measure(server: XdsServer, work: () => void): Promise<Phase> {
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const done = allAccepted(server);
  work();
  await done;
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - startMs, cpuMs: (user + system) / 1000 };
}

/** Resolves when every proxy has accepted what it should have, and it is something new. */
function allAccepted(server: XdsServer): Promise<void> {
  const before = server.proxies()[0]?.types.cds?.sentVersion;
  return new Promise((resolve) => {
    const stop = server.onProxiesChange(() => {
      const rows = server.proxies();
      const accepted = rows.filter(({ types: { cds } }) => cds?.state === 'SYNCED' && cds.ackedVersion !== before);
      if (rows.length < proxies || accepted.length < proxies) return;
      stop();
      resolve();
    });
  });
}

async function runCase(name: string, encodesPerProxy: boolean): Promise<Record<string, string | number>> {
  const source = new BenchSource(encodesPerProxy);
  const server = new XdsServer({ source, clock: systemClock, logger: silentLogger, identifier: 'bench' });
  const grpc = new GrpcServer({
    methods: server.methods(() => Promise.resolve(undefined)),
    clock: systemClock,
    logger: silentLogger,
  });
  const port = await grpc.listen('127.0.0.1', 0);
  let clients: ChildProcess | undefined;
  const connected = await measure(server, () => {
    const options = ['--connect', String(port), '--proxies', String(proxies)];
    clients = fork(__filename, options, { execArgv: ['-r', require.resolve('../scripts/typescript-register.cjs')] });
  });
  const phases: Phase[] = [];
  for (let push = 0; push < pushes; push += 1) phases.push(await measure(server, () => source.change()));
  clients?.kill();
  server.stop();
  await grpc.stop(0);
  return {
    case: name,
    'connect all, CPU ms': Math.round(connected.cpuMs),
    'push until last ACK, ms': Math.round(median(phases.map(({ ms }) => ms))),
    'push, server CPU ms': Math.round(median(phases.map(({ cpuMs }) => cpuMs))),
    'RSS, MB': Math.round(process.memoryUsage().rss / 1e6),
  };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? 0;
}

/** The other process: proxies that accept everything. Answers are not decoded but for what an ACK repeats. */
function connect(port: string): void {
  const identity = (bytes: Buffer): Buffer => bytes;
  for (let index = 0; index < proxies; index += 1) {
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_receive_message_length': -1,
    });
    const stream: ClientDuplexStream<Buffer, Buffer> = client.makeBidiStreamRequest(PATH, identity, identity);
    const send = (request: object): unknown =>
      stream.write(Buffer.from(encode('envoy.service.discovery.v3.DiscoveryRequest', { typeUrl: CDS, ...request })));
    stream.on('data', (bytes: Buffer) => {
      const { versionInfo, nonce } = decode('envoy.service.discovery.v3.DiscoveryResponse', tailOf(bytes));
      send({ versionInfo, responseNonce: nonce });
    });
    stream.on('error', () => process.exit(0));
    send({ node: { id: `router~10.0.0.${index}~gateway-${index}.istio-gw~istio-gw.svc.cluster.local` } });
  }
}

/** The part of an answer after its resources, which the server writes first. */
function tailOf(bytes: Buffer): Buffer {
  let at = 0;
  while (bytes[at] === 18) {
    let length = 0;
    let shift = 0;
    let byte = 128;
    for (at += 1; byte >= 128; at += 1, shift += 7) {
      byte = bytes[at] ?? 0;
      length |= (byte & 127) << shift;
    }
    at += length;
  }
  return bytes.subarray(at);
}

async function main(): Promise<void> {
  const sizeBytes = Array.from({ length: clusters }, (_none, index) => encodeAny(clusterJson(index, 0)).length);
  const total = sizeBytes.reduce((sum, size) => sum + size, 0);
  const rows = [await runCase('encoded once, bytes shared', false), await runCase('encoded for each proxy', true)];
  console.table(rows);
  console.log(
    JSON.stringify({ bench: 'xds-push', node: process.version, clusters, proxies, pushes, bytesPerProxy: total, rows }),
  );
}

if (values.connect) connect(values.connect);
else void main();
