import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { offlineXds } from '../../src/cli/offline-xds';
import { isProxyDocument, nodeOfDocument } from '../../src/cli/proxy-document';
import { parseObjects } from '../../src/cli/read-objects';
import { realPart } from './real-parts';

const execute = promisify(execFile);
const root = join(__dirname, '../..');
const folders = ['test/vectors/istiod/gateway', 'test/vectors/istiod/mesh', 'src/pilot/translate/testdata'];
const inputs = folders.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.yaml') && !file.endsWith('.out.yaml'))
    .map((file) => `${folder}/${file}`),
);

type Json = Readonly<Record<string, unknown>>;
type Answers = Readonly<Record<'cds' | 'eds' | 'lds' | 'rds', readonly Json[]>>;

/** What a proxy of an input would get; `undefined` for gRPC clients, which are no Envoys. */
function translate(input: string): Answers | undefined {
  const described: Json[] = [];
  const text = readFileSync(join(root, input), 'utf8');
  const read = parseObjects(text, input, (document) => isProxyDocument(document) && described.push(document) > 0);
  const node = nodeOfDocument(described[0]!);
  if (node.metadata?.GENERATOR === 'grpc') return undefined;
  const { resources } = offlineXds(
    read.map(({ object }) => object),
    node,
  );
  return JSON.parse(JSON.stringify(resources)) as Answers;
}

/** A bootstrap that holds all of it: assignments within their clusters, routes within their listeners. */
function bootstrap({ cds, eds, lds, rds }: Answers): Json {
  const assignments = new Map(eds.map((assignment) => [assignment.clusterName, assignment]));
  const routes = new Map(rds.map((configuration) => [configuration.name, configuration]));
  const clusters = cds.map(({ edsClusterConfig, ...cluster }) => {
    const loadAssignment = edsClusterConfig && untyped(assignments.get(cluster.name));
    return untyped(loadAssignment ? { ...cluster, type: 'STATIC', loadAssignment } : { ...cluster, edsClusterConfig });
  });
  const listeners = lds.map((listener) => untyped(withRoutes(listener, routes) as Json));
  return {
    node: { id: 'validated', cluster: 'validated' },
    dynamicResources: { adsConfig: { apiType: 'GRPC', transportApiVersion: 'V3', grpcServices: [grpc('xds-grpc')] } },
    staticResources: { clusters: [...clusters, peer('xds-grpc'), peer('sds-grpc')], listeners },
  };
}

function grpc(clusterName: string): Json {
  return { envoyGrpc: { clusterName } };
}

function peer(name: string): Json {
  const options = 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  return {
    name,
    type: 'STATIC',
    typedExtensionProtocolOptions: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': options,
        explicitHttpConfig: { http2ProtocolOptions: {} },
      },
    },
    loadAssignment: { clusterName: name },
  };
}

function untyped(resource: Json | undefined): Json | undefined {
  if (!resource) return undefined;
  const { '@type': _type, ...fields } = resource;
  return fields;
}

/** The listener with each reference to routes replaced by the routes. */
function withRoutes(value: unknown, routes: ReadonlyMap<unknown, Json>): unknown {
  if (Array.isArray(value)) return value.map((entry) => withRoutes(entry, routes));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      const configuration = key === 'rds' ? routes.get((field as Json).routeConfigName) : undefined;
      return configuration ? ['routeConfig', untyped(configuration)] : [key, withRoutes(field, routes)];
    }),
  );
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-validate-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a real Envoy accepts what is translated', () => {
  it.each(inputs)('%s', async (input) => {
    const answers = translate(input);
    if (!answers) return;
    const path = join(folder, `${input.replaceAll('/', '-')}.json`);
    writeFileSync(path, JSON.stringify(bootstrap(answers)));
    const said = await execute(realPart('envoy'), ['--mode', 'validate', '-c', path, '-l', 'error']).catch(
      (error: unknown) => error as { stdout: string; stderr: string },
    );
    expect(`${said.stdout}${said.stderr}`.trim()).toMatch(/OK$/);
  });
});
