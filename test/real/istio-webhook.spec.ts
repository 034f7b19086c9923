import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { createKey, createRoot, DAY_MS, issueLeaf } from '../../src/citadel';
import { silentLogger, systemClock } from '../../src/kernel';
import { KubeClient, parseKubeconfig } from '../../src/kube';
import { coreKinds, type KubeObject } from '../../src/kube/schema';
import { IstioWebhook, type WebhookCertificate } from '../../src/zone/webhook/istio-webhook';
import { validatingWebhookKind } from '../../src/zone/webhook/istio-webhook-configuration';
import { Kubectl } from '../tools/kubectl';
import { RealControlPlane } from './real-control-plane';
import { realPart } from './real-parts';

jest.setTimeout(120_000);

let folder: string;
let plane: RealControlPlane;
let client: KubeClient;
let kubectl: Kubectl;
let webhook: IstioWebhook;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-istio-webhook-'));
  plane = await RealControlPlane.start(folder);
  const { kubeconfig } = await plane.cluster('zone');
  client = new KubeClient(parseKubeconfig(kubeconfig));
  kubectl = new Kubectl(kubeconfig);
  const definitions = parseAllDocuments(readFileSync(realPart('istioCrds'), 'utf8')).map(
    (document) => document.toJS() as KubeObject | null,
  );
  for (const definition of definitions)
    if (definition !== null)
      await client.apply(coreKinds.customResourceDefinition, definition, { fieldManager: 'test', force: true });
  const certificate = await issue();
  webhook = await IstioWebhook.listen({
    ...{ address: '127.0.0.1:0', mesh: 'prod', client, clock: systemClock, logger: silentLogger },
    certificate: () => certificate,
    onCertificateChange: () => () => undefined,
  });
  await until(async () => (await client.get(validatingWebhookKind, 'flotilla-zone-prod')) !== undefined);
});

afterAll(async () => {
  await webhook.close();
  await client.close();
  await plane.stop();
  for (const path of [folder, kubectl.folder]) rmSync(path, { recursive: true, force: true });
});

async function issue(): Promise<WebhookCertificate> {
  const [nowMs, lifetimeMs] = [Date.now(), DAY_MS];
  const root = await createRoot({ trustDomain: 'prod.example', algorithm: 'EcdsaP256', lifetimeDays: 1, nowMs });
  const privateKey = await createKey('EcdsaP256');
  const signer = { keyPem: root.keyPem, chainPem: root.certificatePem };
  const identity = { dnsNames: [], ipAddresses: ['127.0.0.1'] };
  const chain = await issueLeaf({ signer, publicKey: createPublicKey(privateKey), identity, lifetimeMs, nowMs });
  return { privateKey, certificateChain: chain, trustBundle: root.certificatePem };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100));
}

const virtualService = (http: string): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: checkout, namespace: default}
spec:
  hosts: [checkout]
  http:
${http}
`;

it('has a real API server refuse a bad VirtualService: kubectl shows the field', async () => {
  const bad = virtualService('  - route: [{destination: {host: "*"}}]');
  // The API server learns of a webhook a moment after its configuration was stored.
  let refused = await kubectl.attempt(['apply', '-f', '-'], { input: bad });
  await until(async () => {
    if (refused.code === 0) {
      await kubectl.run(['delete', 'virtualservice', 'checkout', '--ignore-not-found']);
      refused = await kubectl.attempt(['apply', '-f', '-'], { input: bad });
    }
    return refused.code !== 0 && refused.stderr.includes('FLO8047');
  });
  expect(refused.stderr).toContain('spec.http[0].route[0].destination.host: a destination is one host, not every one');
});

it('shows warnings, and lets the object through', async () => {
  const input = virtualService('  - route: [{destination: {host: a}}]\n  - route: [{destination: {host: b}}]');
  const { code, stderr } = await kubectl.attempt(['apply', '-f', '-'], { input });
  expect(stderr).toMatch(/Warning: spec\.http\[1\]: the route is never used.*FLO8060/);
  expect(code).toBe(0);
});
