import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  annotations,
  FEDERATION_API_VERSION,
  type MemberCluster,
  memberClusterKind,
  type MeshSpec,
  SYSTEM_NAMESPACE,
} from '../federation/api';
import { gatewayKind, type Secret } from '../istio';
import { silentLogger, systemClock } from '../kernel';
import { KubeClient, parseKubeconfig } from '../kube';
import { coreKinds, type KubeObject, toCustomResourceDefinition } from '../kube/schema';
import { type ApiServer, startApiServer } from '../kube/server';
import { chainProblems, createRoot, type Root, rootOf, signIntermediate } from './authority';
import { MeshCitadel } from './mesh-citadel';
import { TRUST_DOMAIN } from './testing/test-authority';

jest.setTimeout(20_000);

const meshSpec: MeshSpec = {
  ...{ trustDomain: TRUST_DOMAIN, rootNamespace: 'istio-system', gatewayNamespace: 'istio-prod' },
  ca: {
    ...{ selfSigned: true, algorithm: 'EcdsaP256', rootLifetimeDays: 3650 },
    ...{ intermediateLifetimeDays: 365, leafLifetimeHours: 24 },
  },
  discoverySelectors: [],
  defaultExportTo: { service: ['.'], virtualService: ['.'], destinationRule: ['.'] },
  locality: { localPercent: 99 },
  domain: 'global',
};

let folder: string;
let server: ApiServer;
let client: KubeClient;
let root: Root;
let citadel: MeshCitadel;
let member: MemberCluster | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'citadel-'));
  server = await startApiServer({
    dataDir: folder,
    customResourceDefinitions: [memberClusterKind, gatewayKind].map(toCustomResourceDefinition),
  });
  client = new KubeClient(parseKubeconfig(server.kubeconfig()));
  root = await createRoot({ trustDomain: TRUST_DOMAIN, algorithm: 'EcdsaP256', lifetimeDays: 100, nowMs: Date.now() });
  for (const name of [SYSTEM_NAMESPACE, 'istio-prod', 'shop']) {
    await client.create(coreKinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  const copy: MemberCluster = {
    ...{ apiVersion: FEDERATION_API_VERSION, kind: 'MemberCluster', metadata: { name: 'east-1-gw' } },
    spec: { region: 'east', zone: 'east-1', role: 'Gateway', meshes: ['prod'], taints: [], paused: false },
  };
  member = await client.create(memberClusterKind, copy);
  citadel = startCitadel();
});

afterEach(async () => {
  await citadel.stop();
  await client.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function startCitadel(): MeshCitadel {
  const started = new MeshCitadel({
    ...{ client, clock: systemClock, random: Math.random, logger: silentLogger },
    ...{ cluster: 'east-1-gw', zone: 'east/east-1', mesh: 'prod' },
    meshSpec: () => meshSpec,
    memberCluster: () => member,
  });
  started.start();
  return started;
}

describe('the citadel of a zone', () => {
  it('keeps its key, has the hub sign its request, and issues from then on, also without the hub', async () => {
    await hubSigns();
    await until(() => citadel.issuer !== undefined);
    expect(chainProblems(citadel.issuer!.chainPem, Date.now())).toEqual([]);
    expect(rootOf(citadel.issuer!.chainPem)).toBe(root.certificatePem);

    const { keyPem } = citadel.issuer!;
    await citadel.stop();
    member = undefined; // the copy is gone: what lies in the Secret has to do
    citadel = startCitadel();
    await until(() => citadel.issuer !== undefined);
    expect(citadel.issuer!.keyPem).toBe(keyPem);
  });

  it('never lets its key out of its Secret', async () => {
    await hubSigns();
    const copy = await client.get(memberClusterKind, 'east-1-gw');
    expect(JSON.stringify(copy)).not.toContain('PRIVATE KEY');
  });

  it('gives every annotated Gateway a certificate, new ones when its hosts change, and cleans up', async () => {
    await hubSigns();
    await client.create(gatewayKind, gateway(['a.example.com']));
    const first = await secretWhere((secret) => namesOf(secret) === 'DNS:a.example.com');
    expect(first.type).toBe('kubernetes.io/tls');
    expect(decode(first, 'ca.crt')).toBe(root.certificatePem);
    expect(chainProblems(`${decode(first, 'tls.crt')}${decode(first, 'ca.crt')}`, Date.now())).toEqual([]);

    await client.apply(gatewayKind, gateway(['a.example.com', 'shop/b.example.com']), {
      fieldManager: 't',
      force: true,
    });
    await secretWhere((secret) => namesOf(secret) === 'DNS:a.example.com, DNS:b.example.com');

    await client.delete(gatewayKind, 'checkout', 'shop');
    await untilAsync(async () => (await client.get(coreKinds.secret, 'checkout-tls', 'istio-prod')) === undefined);
  });

  it('leaves a Secret alone that somebody else put there', async () => {
    const data = {
      'tls.crt': Buffer.from('theirs').toString('base64'),
      'tls.key': Buffer.from('key').toString('base64'),
    };
    const metadata = { name: 'checkout-tls', namespace: 'istio-prod' };
    await client.create(coreKinds.secret, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'kubernetes.io/tls',
      data,
    });
    await hubSigns();
    await client.create(gatewayKind, gateway(['a.example.com']));
    const other = gateway(['b.example.com'], 'other');
    await client.create(gatewayKind, other);
    await untilAsync(async () => (await client.get(coreKinds.secret, 'other-tls', 'istio-prod')) !== undefined);
    const kept = await client.get<Secret>(coreKinds.secret, 'checkout-tls', 'istio-prod');
    expect(decode(kept!, 'tls.crt')).toBe('theirs');
  });
});

function gateway(hosts: string[], name = 'checkout'): KubeObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name, namespace: 'shop', annotations: { [annotations.certificateIssuer]: 'mesh' } },
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [
        {
          port: { number: 443, name: 'https', protocol: 'HTTPS' },
          hosts,
          tls: { mode: 'SIMPLE', credentialName: `${name}-tls` },
        },
      ],
    },
  };
}

/** What the hub does: sees the request in the status, writes the chain into the spec. */
async function hubSigns(): Promise<void> {
  let csrPem: string | undefined;
  await untilAsync(async () => {
    const copy = await client.get<MemberCluster>(memberClusterKind, 'east-1-gw');
    csrPem = copy?.status?.certificateRequests?.prod;
    return csrPem !== undefined;
  });
  const chain = await signIntermediate({
    ...{ csrPem: csrPem!, rootKeyPem: root.keyPem, rootCertificatePem: root.certificatePem },
    ...{ lifetimeDays: 90, trustDomain: TRUST_DOMAIN, nowMs: Date.now() },
  });
  const patch = { spec: { certificateChains: { prod: chain } } };
  member = await client.patch<MemberCluster>(memberClusterKind, 'east-1-gw', undefined, patch, { type: 'merge' });
  citadel.refresh();
}

async function secretWhere(isWanted: (secret: Secret) => boolean): Promise<Secret> {
  let found: Secret | undefined;
  await untilAsync(async () => {
    found = await client.get<Secret>(coreKinds.secret, 'checkout-tls', 'istio-prod');
    return found !== undefined && isWanted(found);
  });
  return found!;
}

function namesOf(secret: Secret): string | undefined {
  return new X509Certificate(decode(secret, 'tls.crt')).subjectAltName;
}

function decode({ data }: Secret, field: string): string {
  return Buffer.from(data?.[field] ?? '', 'base64').toString('utf8');
}

function until(condition: () => boolean): Promise<void> {
  return untilAsync(() => Promise.resolve(condition()));
}

async function untilAsync(condition: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`never came true: ${condition.toString()}`);
}
