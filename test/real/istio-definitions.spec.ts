import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseKubeconfig } from '../../src/kube';
import { type ApiServer, startApiServer } from '../../src/kube/server';
import { type Answer, answerOf } from '../contract/recorded-answer';
import { WireClient } from '../contract/wire-client';
import { RealControlPlane } from './real-control-plane';
import { realPart } from './real-parts';

jest.setTimeout(120_000);

/** The parts of a definition that the test goes by. */
interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

/** Of each kind an object that is taken, and a change of its spec that is refused. */
const EXAMPLES: Readonly<Record<string, { readonly spec: object; readonly wrong: object }>> = {
  TrafficExtension: {
    spec: { phase: 'AUTHN', wasm: { url: 'oci://registry.example.com/filter:1' } },
    wrong: { phase: 'NEVER' },
  },
  WasmPlugin: { spec: { url: 'oci://registry.example.com/filter:1', phase: 'STATS' }, wrong: { url: '' } },
  DestinationRule: {
    spec: {
      host: 'web.shop.svc.cluster.local',
      trafficPolicy: { connectionPool: { tcp: { connectTimeout: '1.5s' } }, loadBalancer: { simple: 'LEAST_REQUEST' } },
      subsets: [{ name: 'v1', labels: { version: 'v1' } }],
    },
    wrong: { trafficPolicy: { loadBalancer: { simple: 'BEST' } } },
  },
  EnvoyFilter: {
    spec: {
      configPatches: [
        { applyTo: 'HTTP_FILTER', match: { context: 'GATEWAY' }, patch: { operation: 'REMOVE', value: { any: [1] } } },
      ],
    },
    wrong: { configPatches: [{ applyTo: 'EVERYTHING' }] },
  },
  Gateway: {
    spec: {
      selector: { istio: 'ingress' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
    },
    wrong: { servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' } }] },
  },
  ProxyConfig: { spec: { concurrency: 2, environmentVariables: { A: 'b' } }, wrong: { concurrency: -1 } },
  ServiceEntry: {
    spec: {
      hosts: ['api.example.com'],
      ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
      resolution: 'STATIC',
      endpoints: [{ address: '192.0.2.1', ports: { tls: 8443 } }],
    },
    wrong: { hosts: [] },
  },
  Sidecar: {
    spec: {
      workloadSelector: { labels: { app: 'web' } },
      egress: [{ hosts: ['./*'] }],
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
    },
    wrong: { egress: [{}] },
  },
  VirtualService: {
    spec: {
      hosts: ['web.shop.svc.cluster.local'],
      http: [
        {
          match: [{ uri: { prefix: '/' } }],
          retries: { attempts: 2, perTryTimeout: '1.5s' },
          route: [{ destination: { host: 'web', subset: 'v1' }, weight: 100 }],
        },
      ],
    },
    wrong: { http: [{ match: [{ uri: { prefix: '/', exact: '/' } }] }] },
  },
  WorkloadEntry: {
    spec: { address: '192.0.2.1', labels: { app: 'web' }, ports: { http: 8080 } },
    wrong: { ports: { http: 70_000 } },
  },
  WorkloadGroup: {
    spec: { template: { serviceAccount: 'web', ports: { http: 8080 } }, probe: { tcpSocket: { port: 8080 } } },
    wrong: { template: null },
  },
  AuthorizationPolicy: {
    spec: {
      action: 'DENY',
      selector: { matchLabels: { app: 'web' } },
      rules: [{ from: [{ source: { notNamespaces: ['shop'] } }], to: [{ operation: { methods: ['GET'] } }] }],
    },
    wrong: { selector: { matchLabels: { app: '*' } } },
  },
  PeerAuthentication: {
    spec: {
      selector: { matchLabels: { app: 'web' } },
      mtls: { mode: 'STRICT' },
      portLevelMtls: { '8080': { mode: 'DISABLE' } },
    },
    wrong: { selector: null },
  },
  RequestAuthentication: {
    spec: { jwtRules: [{ issuer: 'https://issuer.example.com', jwksUri: 'https://issuer.example.com/keys' }] },
    wrong: { jwtRules: [{ issuer: '' }] },
  },
  Telemetry: {
    spec: { tracing: [{ randomSamplingPercentage: 12.5, customTags: { a: { literal: { value: 'b' } } } }] },
    wrong: { tracing: [{ randomSamplingPercentage: 101 }] },
  },
};

const NAMESPACE = 'istio-definitions';
const texts = readFileSync(realPart('istioCrds'), 'utf8')
  .split(/^---$/m)
  .filter((text) => text.includes('kind: CustomResourceDefinition'));
const definitions = texts.map((text) => parse(text) as Definition);

let folder: string;
let plane: RealControlPlane;
let embedded: ApiServer;
let clients: Readonly<Record<'embedded' | 'real', WireClient>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-istio-definitions-'));
  plane = await RealControlPlane.start(folder);
  const { url, caFile, token } = await plane.cluster('istio');
  embedded = await startApiServer({ dataDir: join(folder, 'embedded') });
  const { caPem: certificateAuthority = '', token: admin = '' } = parseKubeconfig(embedded.kubeconfig(), undefined, {
    untrusted: true,
  });
  const close = (): Promise<void> => Promise.resolve();
  clients = {
    embedded: new WireClient({ url: embedded.url, certificateAuthority, token: admin, close }),
    real: new WireClient({ url, certificateAuthority: readFileSync(caFile, 'utf8'), token, close }),
  };
});

afterAll(async () => {
  await Promise.all(Object.values(clients ?? {}).map((client) => client.close()));
  await embedded?.close();
  await plane?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The file's own text, sent without a change. */
async function install(client: WireClient): Promise<number[]> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const codes: number[] = [];
  for (const text of texts) codes.push((await client.post(path, text, { contentType: 'application/yaml' })).status);
  await client.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  return codes;
}

/** The real server serves a new kind a moment after it took the definition. */
async function untilServed(client: WireClient, path: string): Promise<void> {
  while ((await client.get(path)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** Makes an object in each version, reads it in all of them, and tries to spoil it. */
async function play(client: WireClient, { spec }: Definition): Promise<Answer[]> {
  const { spec: right, wrong } = EXAMPLES[spec.names.kind]!;
  const versions = spec.versions.filter(({ served }) => served).map(({ name }) => name);
  const collection = (version: string): string =>
    `/apis/${spec.group}/${version}/namespaces/${NAMESPACE}/${spec.names.plural}`;
  const answers: Answer[] = [];
  for (const version of versions) {
    await untilServed(client, collection(version));
    const [object, name] = [{ apiVersion: `${spec.group}/${version}`, kind: spec.names.kind }, `made-in-${version}`];
    const made = await client.post(collection(version), { ...object, metadata: { name }, spec: right });
    const read = await Promise.all(versions.map((other) => client.get(`${collection(other)}/${name}`)));
    const spoilt = await client.patch(`${collection(version)}/${name}`, 'merge', { spec: wrong });
    const table = await client.get(collection(version), { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' });
    answers.push(...[made, ...read, spoilt, table].map((received) => answerOf(received, NAMESPACE)));
  }
  return answers;
}

describe("Istio's own definitions", () => {
  it('are taken as they are, by both servers', async () => {
    const taken = texts.map(() => 201);
    expect(await install(clients.real)).toEqual(taken);
    expect(await install(clients.embedded)).toEqual(taken);
    expect(definitions.map(({ spec }) => spec.names.kind).sort()).toEqual(Object.keys(EXAMPLES).sort());
  });

  it.each(definitions.map((definition) => [definition.spec.names.kind, definition] as const))(
    'let %s be made, read in every version, and not spoilt, as the real server does',
    async (_kind, definition) => {
      const expected = await play(clients.real, definition);
      expect(expected[0]).toMatchObject({ code: 201, body: { spec: EXAMPLES[definition.spec.names.kind]!.spec } });
      expect(expected.filter(({ code }) => code === 422).length).toBeGreaterThan(0);
      expect(await play(clients.embedded, definition)).toEqual(expected);
    },
  );
});
