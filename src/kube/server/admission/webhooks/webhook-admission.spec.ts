import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { KubeClient } from '../../../client/kube-client';
import { parseKubeconfig } from '../../../connection/parse-kubeconfig';
import { coreKinds, type KubeObject } from '../../../schema';
import { type ApiServer, startApiServer } from '../../index';
import { CertificateAuthority } from '../../authentication/certificate-authority';

interface Review {
  readonly request: {
    readonly uid: string;
    readonly operation: string;
    readonly object: KubeObject | null;
    readonly dryRun: boolean;
  };
}

const kindOf = (kind: string, plural: string) => ({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind,
  plural,
  namespaced: false,
});
const validating = kindOf('ValidatingWebhookConfiguration', 'validatingwebhookconfigurations');
const mutating = kindOf('MutatingWebhookConfiguration', 'mutatingwebhookconfigurations');

let dataDir: string;
let server: ApiServer;
let client: KubeClient;
let webhook: Server;
let caBundle: string;
/** Decides what the webhook answers. */
let answer: (review: Review) => object;
let seen: Review['request'][];
/** The webhook's answers do not end. */
let endless: boolean;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'webhooks-'));
  server = await startApiServer({ dataDir: join(dataDir, 'server') });
  client = new KubeClient(parseKubeconfig(server.kubeconfig(), undefined, { untrusted: true }));
  const authority = await CertificateAuthority.open(join(dataDir, 'webhook'), () => Date.now());
  caBundle = Buffer.from(authority.certificate).toString('base64');
  const { key, certificate } = await authority.issue({
    commonName: 'webhook',
    names: ['127.0.0.1', 'hook.default.svc'],
  });
  webhook = createServer({ key, cert: certificate }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString()) as Review;
      seen.push(review.request);
      if (endless) return pour(response);
      const reply = {
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid: review.request.uid, ...answer(review) },
      };
      response.end(JSON.stringify(reply));
    });
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
});

beforeEach(() => {
  seen = [];
  endless = false;
  answer = () => ({ allowed: true });
});

afterAll(async () => {
  await client.close();
  await server.close();
  webhook.closeAllConnections();
  await new Promise((resolve) => webhook.close(resolve));
  rmSync(dataDir, { recursive: true });
});

function pour(response: ServerResponse): void {
  while (!response.destroyed && response.write(' '.repeat(65_536)));
  response.once('drain', () => pour(response));
}

const port = (): number => (webhook.address() as AddressInfo).port;

function configuration(kind: string, hook: object): KubeObject {
  const rules = [{ operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }];
  const base = { name: 'check.example.com', rules, sideEffects: 'None', admissionReviewVersions: ['v1'] };
  const clientConfig = { url: `https://127.0.0.1:${port()}/check`, caBundle };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'check' },
    webhooks: [{ ...base, clientConfig, ...hook }],
  };
}

async function using(kind: typeof validating, hook: object, run: () => Promise<void>): Promise<void> {
  await client.create(kind, configuration(kind.kind, hook));
  try {
    await run();
  } finally {
    await client.delete(kind, 'check');
  }
}

const config = (name: string, labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels },
  data: { a: '1' },
});

describe('admission webhooks', () => {
  it('reads no more of an answer than an answer may be long', async () => {
    endless = true;
    await using(validating, {}, async () => {
      await expect(client.create(coreKinds.configMap, config('endless'))).rejects.toThrow(
        /check.example.com.*max size/,
      );
    });
  });

  it('refuse a write in their own words', async () => {
    answer = () => ({ allowed: false, status: { message: 'not on a Friday', code: 403 } });
    await using(validating, {}, async () => {
      const writing = client.create(coreKinds.configMap, config('refused'));
      await expect(writing).rejects.toThrow(
        'admission webhook "check.example.com" denied the request: not on a Friday',
      );
    });
    expect(seen).toMatchObject([{ operation: 'CREATE', dryRun: false, object: { metadata: { name: 'refused' } } }]);
  });

  it('change an object before it is validated and stored', async () => {
    const patch = Buffer.from(JSON.stringify([{ op: 'add', path: '/data/b', value: '2' }])).toString('base64');
    answer = ({ request }) =>
      request.operation === 'CREATE' ? { allowed: true, patch, patchType: 'JSONPatch' } : { allowed: true };
    await using(mutating, {}, async () => {
      const stored = await client.create(coreKinds.configMap, config('changed'));
      expect(stored.data).toEqual({ a: '1', b: '2' });
      await client.delete(coreKinds.configMap, 'changed', 'default');
    });
    expect(seen.map(({ operation }) => operation)).toEqual(['CREATE', 'DELETE']);
  });

  it('see only what their selectors select', async () => {
    const hook = {
      objectSelector: { matchLabels: { checked: 'yes' } },
      namespaceSelector: { matchExpressions: [{ key: 'off', operator: 'DoesNotExist' }] },
    };
    await using(validating, hook, async () => {
      await client.create(coreKinds.configMap, config('unseen'));
      await client.create(coreKinds.configMap, config('seen', { checked: 'yes' }));
    });
    expect(seen.map(({ object }) => object?.metadata.name)).toEqual(['seen']);
  });

  it('stop writes when they fail, unless they are to be ignored then', async () => {
    const clientConfig = { url: 'https://127.0.0.1:1/', caBundle };
    await using(validating, { clientConfig }, async () => {
      const writing = client.create(coreKinds.configMap, config('failing'));
      await expect(writing).rejects.toThrow('failed calling webhook "check.example.com"');
    });
    await using(validating, { clientConfig, failurePolicy: 'Ignore' }, async () => {
      await client.create(coreKinds.configMap, config('ignored'));
    });
  });

  it('are reached through the endpoints of a Service', async () => {
    const service: KubeObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'hook', namespace: 'default' },
      spec: { ports: [{ name: 'https', port: 443 }] },
    };
    const slice: KubeObject = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'hook-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'hook' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
      ports: [{ name: 'https', port: port() }],
    };
    await client.create(coreKinds.service, service);
    await client.create(coreKinds.endpointSlice, slice);
    const clientConfig = { service: { namespace: 'default', name: 'hook', path: '/check' }, caBundle };
    await using(validating, { clientConfig }, async () => {
      await client.create(coreKinds.configMap, config('through-service'));
    });
    expect(seen).toHaveLength(1);
  });

  it('are told of dry runs, which is why they must not have side effects', async () => {
    await using(validating, {}, async () => {
      await client.create(coreKinds.configMap, config('dry'), { dryRun: true });
    });
    expect(seen.map(({ dryRun }) => dryRun)).toEqual([true]);
    const careless = client.create(validating, configuration(validating.kind, { sideEffects: 'Some' }));
    await expect(careless).rejects.toThrow('webhooks[0].sideEffects: Unsupported value: "Some"');
  });

  it('are refused when they ask for what this server cannot do', async () => {
    const expression = "authorizer.group('').resource('pods').check('get').allowed()";
    const matchConditions = [{ name: 'some', expression }];
    const creating = client.create(validating, configuration(validating.kind, { matchConditions }));
    await expect(creating).rejects.toThrow(/compilation failed: .*undeclared reference to 'authorizer'/);
  });
});
