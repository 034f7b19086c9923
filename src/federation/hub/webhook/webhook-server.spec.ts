import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccessPoint, accessPointKind } from '../../../accesspoint';
import { ManualClock, silentLogger, systemClock } from '../../../kernel';
import { KubeClient, parseKubeconfig } from '../../../kube';
import { coreKinds, type KubeObject, toCustomResourceDefinition } from '../../../kube/schema';
import { type ApiServer, startApiServer } from '../../../kube/server';
import { FEDERATION_API_VERSION, federatedDeploymentKind, FIELD_MANAGER } from '../../api';
import { hubObjectsOf } from '../../offline';
import { hubKinds } from '../setup';
import { webhookConfiguration, webhookConfigurationKind } from './webhook-configuration';
import { makeCertificate } from './webhook-certificate';
import { WebhookServer } from './webhook-server';

jest.setTimeout(60_000);

const lookups = hubObjectsOf([
  {
    apiVersion: FEDERATION_API_VERSION,
    kind: 'Mesh',
    metadata: { name: 'prod' },
    spec: { trustDomain: 'prod.example' },
  },
  {
    apiVersion: FEDERATION_API_VERSION,
    kind: 'MemberCluster',
    metadata: { name: 'a' },
    spec: { region: 'east', zone: 'a', role: 'Gateway', meshes: ['prod'] },
  },
]);

function accessPoint(mesh: string): KubeObject {
  return {
    apiVersion: FEDERATION_API_VERSION,
    kind: 'AccessPoint',
    metadata: { name: 'checkout', namespace: 'default' },
    spec: {
      mesh,
      hosts: ['checkout.example.com'],
      ports: [{ name: 'http', number: 80, protocol: 'HTTP' }],
      backend: { service: { name: 'checkout' }, selector: { app: 'checkout' } },
      placement: { zones: ['east/a'] },
    },
  };
}

let webhook: WebhookServer;
let server: ApiServer;
let client: KubeClient;
const folder = mkdtempSync(join(tmpdir(), 'flotilla-webhook-'));

beforeAll(async () => {
  webhook = await WebhookServer.listen({
    address: '127.0.0.1:0',
    lookups: () => lookups,
    clock: systemClock,
    logger: silentLogger,
  });
  server = await startApiServer({
    dataDir: folder,
    customResourceDefinitions: hubKinds.map(toCustomResourceDefinition),
  });
  client = new KubeClient({ ...parseKubeconfig(server.kubeconfig()), cluster: 'hub' });
  await client.apply(webhookConfigurationKind, webhookConfiguration(webhook.url, webhook.caPem ?? ''), {
    fieldManager: FIELD_MANAGER,
  });
});

afterAll(async () => {
  await client.close();
  await server.close();
  await webhook.close();
  rmSync(folder, { recursive: true, force: true });
});

function post(path: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(`${webhook.url}${path}`, { method: 'POST', ca: webhook.caPem }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    call.on('error', reject).end(body);
  });
}

describe('the webhook', () => {
  it('refuses what the hub would not accept, naming the field, through an API server that asks it', async () => {
    await expect(client.create(accessPointKind, accessPoint('prd') as AccessPoint)).rejects.toThrow(
      /spec\.mesh: there is no mesh "prd"/,
    );
    expect(await client.get(accessPointKind, 'checkout', 'default')).toBeUndefined();
  });

  it('refuses embedded objects and routes that Istio would refuse, with the path of the embedding', async () => {
    const { spec, ...rest } = accessPoint('prod');
    const bad = {
      ...rest,
      spec: {
        ...(spec as object),
        http: [{ timeout: '0s' }],
        traffic: { destinationRules: [{ spec: { trafficPolicy: { outlierDetection: { intervall: '1s' } } } }] },
      },
    };
    const refusal = await client.create(accessPointKind, bad as unknown as AccessPoint).then(String, String);
    expect(refusal).toContain('spec.http[0].timeout: 0s is too short');
    expect(refusal).toContain('spec.traffic.destinationRules[0].spec.trafficPolicy.outlierDetection.intervall: ');
    const template = { ...bad, spec: { ...bad.spec, http: undefined } };
    await expect(client.create(accessPointKind, template as unknown as AccessPoint)).rejects.toThrow(
      /spec\.traffic\.destinationRules\[0\]\.spec\.trafficPolicy\.outlierDetection\.intervall: .*there is no field.*FLO8002/,
    );
  });

  it('refuses deployments that would not be accepted', async () => {
    const deployment = {
      apiVersion: FEDERATION_API_VERSION,
      kind: 'FederatedDeployment',
      metadata: { name: 'checkout', namespace: 'default' },
      spec: { mesh: 'prd', template: { spec: {} }, placement: { rules: {} } },
    };
    await expect(client.create(federatedDeploymentKind, deployment as never)).rejects.toThrow(
      /spec\.mesh: there is no mesh "prd"/,
    );
  });

  it('lets through what is right, and everything that is none of its business', async () => {
    await client.create(accessPointKind, accessPoint('prod') as AccessPoint);
    await client.create(coreKinds.configMap, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', namespace: 'default' },
    });
    expect(await client.delete(accessPointKind, 'checkout', 'default')).toBe(true);
  });

  it('answers other paths and broken bodies without falling over', async () => {
    expect(await post('/other', '{}')).toBe(404);
    expect(await post('/validate', '{')).toBe(400);
    expect(await post('/validate', '{}')).toBe(200);
  });
});

describe('a webhook with a certificate from a folder', () => {
  const certificates = mkdtempSync(join(tmpdir(), 'flotilla-certificate-'));
  afterAll(() => rmSync(certificates, { recursive: true, force: true }));

  async function renew(): Promise<string> {
    const { keyPem, chainPem, caPem } = await makeCertificate('127.0.0.1', Date.now());
    writeFileSync(join(certificates, 'tls.key'), keyPem);
    writeFileSync(join(certificates, 'tls.crt'), chainPem);
    return caPem ?? '';
  }

  function ask(url: string, ca: string): Promise<number | string> {
    return new Promise((resolve) => {
      request(`${url}/validate`, { method: 'POST', ca, agent: false }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      })
        .on('error', (cause) => resolve(cause.message))
        .end('{}');
    });
  }

  it('says what is missing, serves it, and takes up a renewed one', async () => {
    const clock = new ManualClock();
    const options = { address: '127.0.0.1:0', certificateFolder: certificates, lookups: () => lookups };
    const listen = (): Promise<WebhookServer> => WebhookServer.listen({ ...options, clock, logger: silentLogger });
    await expect(listen()).rejects.toMatchObject({ code: 'FLO3104' });
    const first = await renew();
    const given = await listen();
    expect(given.caPem).toBeUndefined();
    expect(await ask(given.url, first)).toBe(200);
    const second = await renew();
    expect(await ask(given.url, second)).toMatch(/certificate/);
    await clock.advance(60_000);
    let answer: number | string = 0;
    for (let turn = 0; turn < 200 && answer !== 200; turn += 1) answer = await ask(given.url, second);
    expect(answer).toBe(200);
    await given.close();
    expect(clock.pending).toBe(0);
  });
});
