/**
 * What encoding and decoding of xDS resources costs, by runtime. docs/decisions/proto-runtime.md holds a recorded run.
 *
 *   node -r ./scripts/typescript-register.cjs bench/proto-runtime.ts
 *
 * Generators that the product does not use are installed, pinned, below .cache/ on the first run.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@swc/core';
import protobuf from 'protobufjs';

import { jsonEqual } from '../src/kernel';
import { anyOf, type ClusterLoadAssignment, type Cluster, decode, encode, type MessageName } from '../src/pilot/proto';

const PACKAGES = ['protobufjs@8.8.1', 'protobufjs-cli@2.7.1', 'ts-proto@2.18.0', '@bufbuild/buf@1.75.0'];
const folder = join(__dirname, '..', '.cache', 'bench', 'proto-runtime');
const protoFolder = join(folder, 'proto');
const ENDPOINT = 'envoy/config/endpoint/v3/endpoint.proto';
const CLUSTER = 'envoy/config/cluster/v3/cluster.proto';
const WARM_UP_MS = 300;
const MEASURE_MS = 1000;

interface Codec {
  readonly name: string;
  encode(message: MessageName, value: unknown): Uint8Array;
  decode(message: MessageName, bytes: Uint8Array): unknown;
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The contenders' generators, and the shipped .proto files in one folder, where protoc's rules hold. */
function prepare(): void {
  if (existsSync(join(folder, 'ready'))) return;
  mkdirSync(protoFolder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  run('npm', ['install', '--no-audit', '--no-fund', '--save-exact', ...PACKAGES]);
  const deps = join(dirname(require.resolve('@grpc/grpc-js-xds/package.json')), 'deps');
  for (const include of ['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate']) {
    cpSync(join(deps, include), protoFolder, { recursive: true });
  }
  allowIgnoreEmpty();
  generateStatic();
  generateTsProto();
  writeFileSync(join(folder, 'ready'), '');
}

/** The shipped validate.proto is older than the files that use it; strict compilers stop at the missing field. */
function allowIgnoreEmpty(): void {
  const path = join(protoFolder, 'validate', 'validate.proto');
  const text = readFileSync(path, 'utf8');
  const additions: Record<string, number> = { RepeatedRules: 5, MapRules: 7, StringRules: 26, BytesRules: 14 };
  const patched = Object.entries(additions).reduce((source, [message, number]) => {
    const start = source.indexOf(`message ${message} {`);
    if (start < 0 || source.slice(start, source.indexOf('\n}', start)).includes('ignore_empty')) return source;
    const brace = source.indexOf('{', start) + 1;
    return `${source.slice(0, brace)}\n    optional bool ignore_empty = ${number};${source.slice(brace)}`;
  }, text);
  writeFileSync(path, patched);
}

function generateStatic(): void {
  const args = ['-t', 'static-module', '-w', 'commonjs', '--keep-case', '-p', protoFolder, '-o', 'static.js'];
  run(join(folder, 'node_modules', '.bin', 'pbjs'), [...args, join(protoFolder, CLUSTER), join(protoFolder, ENDPOINT)]);
}

function generateTsProto(): void {
  const opt = ['esModuleInterop=true', 'outputServices=none', 'outputJsonMethods=false', 'outputPartialMethods=false'];
  const plugin = { local: join(folder, 'node_modules', '.bin', 'protoc-gen-ts_proto'), out: 'ts-proto', opt };
  const template = JSON.stringify({
    version: 'v2',
    plugins: [{ ...plugin, include_imports: true, include_wkt: true }],
  });
  const paths = [ENDPOINT, CLUSTER].flatMap((path) => ['--path', join(protoFolder, path)]);
  run(join(folder, 'node_modules', '.bin', 'buf'), ['generate', protoFolder, '--template', template, ...paths]);
}

/** Loads a generated TypeScript file as CommonJS. */
function loadGenerated(path: string): Record<string, never> {
  const local = createRequire(join(folder, 'package.json')) as NodeJS.Require & { extensions?: unknown };
  require.extensions['.ts'] = (module, file) => {
    const { code } = transformFileSync(file, {
      module: { type: 'commonjs' },
      jsc: { parser: { syntax: 'typescript' } },
    });
    (module as unknown as { _compile(code: string, file: string): void })._compile(code, file);
  };
  return local(path) as Record<string, never>;
}

interface Generated {
  encode(value: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
}

function staticCodec(): Codec {
  const root = createRequire(join(folder, 'package.json'))('./static.js') as object;
  const typeOf = (message: string): Generated =>
    message.split('.').reduce<unknown>((scope, part) => (scope as Record<string, unknown>)[part], root) as Generated;
  return codec('protobufjs, static code', typeOf);
}

function tsProtoCodec(): Codec {
  const files: Record<string, Record<string, Generated>> = {
    ClusterLoadAssignment: loadGenerated(join(folder, 'ts-proto', ENDPOINT.replace('.proto', '.ts'))),
    Cluster: loadGenerated(join(folder, 'ts-proto', CLUSTER.replace('.proto', '.ts'))),
  };
  return codec('ts-proto', (message) => {
    const name = message.split('.').pop()!;
    return files[name]![name]!;
  });
}

function reflectionCodec(): Codec {
  const root = new protobuf.Root();
  const descriptor = join(dirname(require.resolve('protobufjs/package.json')), 'google/protobuf/descriptor.proto');
  root.resolvePath = (_origin, target) =>
    target === 'google/protobuf/descriptor.proto' ? descriptor : join(protoFolder, target);
  root.loadSync([ENDPOINT, CLUSTER], { keepCase: true });
  return codec('protobufjs, reflection', (message) => root.lookupType(message));
}

function codec(name: string, typeOf: (message: string) => Generated): Codec {
  return {
    name,
    encode: (message, value) => typeOf(message).encode(value).finish(),
    decode: (message, bytes) => typeOf(message).decode(bytes),
  };
}

const ours: Codec = {
  name: 'Flotilla, proto3 JSON',
  encode: (message, value) => encode(message, value as never),
  decode,
};

function assignment(count: number): ClusterLoadAssignment {
  const lbEndpoints = Array.from({ length: count }, (_item, index) => ({
    endpoint: { address: { socketAddress: { address: `10.0.${index >> 8}.${index & 255}`, portValue: 8080 } } },
    healthStatus: 'HEALTHY' as const,
    metadata: {
      filterMetadata: {
        'envoy.transport_socket_match': { tlsMode: 'istio' },
        istio: { workload: `checkout-${index};shop;checkout;;east-1-apps` },
      },
    },
    loadBalancingWeight: 1,
  }));
  const endpoints = [{ locality: { region: 'east', zone: 'east-1' }, lbEndpoints, loadBalancingWeight: count }];
  return { clusterName: 'outbound|80||checkout.shop.example.com', endpoints };
}

const cluster: Cluster = {
  name: 'outbound|80||checkout.shop.example.com',
  type: 'EDS',
  edsClusterConfig: { edsConfig: { ads: {}, initialFetchTimeout: '0s', resourceApiVersion: 'V3' } },
  connectTimeout: '10s',
  lbPolicy: 'LEAST_REQUEST',
  circuitBreakers: { thresholds: [{ maxConnections: 4294967295, maxRequests: 4294967295, trackRemaining: true }] },
  outlierDetection: { consecutive5xx: 5, interval: '1s', baseEjectionTime: '30s', maxEjectionPercent: 100 },
  commonLbConfig: { localityWeightedLbConfig: {}, healthyPanicThreshold: {} },
  transportSocket: {
    name: 'envoy.transport_sockets.tls',
    typedConfig: anyOf('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
      sni: 'outbound_.80_._.checkout.shop.example.com',
      commonTlsContext: { alpnProtocols: ['istio-peer-exchange', 'istio'] },
    }),
  },
  metadata: { filterMetadata: { istio: { services: [{ host: 'checkout.shop.example.com', namespace: 'shop' }] } } },
};

const cases: readonly { readonly name: string; readonly message: MessageName; readonly json: object }[] = [
  { name: '100 endpoints', message: 'envoy.config.endpoint.v3.ClusterLoadAssignment', json: assignment(100) },
  { name: '1,000 endpoints', message: 'envoy.config.endpoint.v3.ClusterLoadAssignment', json: assignment(1000) },
  { name: 'Cluster', message: 'envoy.config.cluster.v3.Cluster', json: cluster },
];

/** CPU microseconds an operation takes, as a mean over a second after warming up; other work on the machine matters little. */
function measure(operation: () => void): number {
  repeat(operation, WARM_UP_MS);
  return repeat(operation, MEASURE_MS);
}

function repeat(operation: () => void, durationMs: number): number {
  const before = process.cpuUsage();
  const endMs = performance.now() + durationMs;
  let count = 0;
  for (; performance.now() < endMs; count += 1) operation();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

function row(contender: Codec): Record<string, string | number> {
  const numbers: Record<string, string | number> = { runtime: contender.name };
  for (const { name, message, json } of cases) {
    const bytes = encode(message, json as never);
    const value = contender.decode(message, bytes);
    // Not byte for byte: a generator may write the fields of a oneof in another order.
    const same = jsonEqual(decode(message, contender.encode(message, value)), json);
    if (!same) throw new Error(`${contender.name} writes another message`);
    numbers[`${name}: encode`] = Number(measure(() => contender.encode(message, value)).toFixed(1));
    numbers[`${name}: decode`] = Number(measure(() => contender.decode(message, bytes)).toFixed(1));
  }
  return numbers;
}

prepare();
const rows = [staticCodec(), tsProtoCodec(), reflectionCodec(), ours].map(row);
console.table(rows);
console.log(JSON.stringify({ bench: 'proto-runtime', node: process.version, unit: 'CPU µs', rows }));
console.log(
  cases.map(({ name, message, json }) => `${name}: ${encode(message, json as never).length} bytes`).join(', '),
);
