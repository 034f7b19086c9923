import { X509Certificate } from 'node:crypto';
import { rmSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { commands } from '../../src/cli/command-table';
import { customResourceDefinitionsOf } from '../../src/cli/custom-resource-definitions';
import { webhookConfiguration } from '../../src/federation/hub';
import type { KubeObject } from '../../src/kube/schema';
import { ChartRelease } from '../chart/chart-clusters';

const release = new ChartRelease('');
afterAll(() => rmSync(release.kubectl.folder, { recursive: true }));

const EXTERNAL_HUB = ['hub.enabled=true', 'hub.storage=external'];
const PLANS = ['hub.plans.enabled=true', 'hub.plans.certificateSecret=plans'];
const ZONE = ['zone.enabled=true', 'zone.cluster=east-gateway'];

interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly securityContext: object;
    readonly containers: readonly (Readonly<Record<string, unknown>> & { readonly args: readonly string[] })[];
  };
}

async function render(...values: readonly string[]): Promise<readonly KubeObject[]> {
  const documents = parseAllDocuments(await release.template(...values));
  return documents.map((document) => document.toJS() as KubeObject | null).filter((object) => object !== null);
}

async function one(kind: string, name: string, ...values: readonly string[]): Promise<KubeObject<unknown>> {
  const found = (await render(...values)).find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`the chart made no ${kind} ${name}`);
  return found;
}

describe('the chart', () => {
  it('brings the kinds of each role, as they are generated', async () => {
    const generated = customResourceDefinitionsOf('flotilla');
    const kindsOf = async (...values: readonly string[]): Promise<readonly unknown[]> => {
      const definitions = (await render(...values)).filter(({ kind }) => kind === 'CustomResourceDefinition');
      for (const { metadata, spec } of definitions)
        expect(spec).toEqual(generated.find((definition) => definition.metadata.name === metadata.name)?.spec);
      return definitions.map(({ metadata }) => metadata.name.split('.')[0]).sort();
    };
    const all = generated.map(({ metadata }) => metadata.name.split('.')[0]).sort();
    expect(await kindsOf(...EXTERNAL_HUB)).toEqual(all.filter((name) => name !== 'bundles'));
    expect(await kindsOf(...ZONE)).toEqual(['bundles', 'memberclusters', 'meshes']);
    expect(await kindsOf(...EXTERNAL_HUB, ...ZONE)).toEqual(all);
    expect(await kindsOf('hub.enabled=true')).toEqual([]); // its own API server has them already
    expect(await kindsOf(...ZONE, 'crds.install=false')).toEqual([]);
  });

  it.each([
    ['an embedded hub', 'StatefulSet', 'flotilla-hub', ['hub.enabled=true']],
    ['a hub of this cluster', 'Deployment', 'flotilla-hub', [...EXTERNAL_HUB, 'hub.replicas=2']],
    ['a hub that plans', 'Deployment', 'flotilla-hub', [...EXTERNAL_HUB, ...PLANS]],
    ['a zone that answers names', 'Deployment', 'flotilla-zone', [...ZONE, 'zone.dns.enabled=true']],
    ['a zone', 'Deployment', 'flotilla-zone', ZONE],
  ])('runs %s with no more power than it needs, and asks it how it is', async (_what, kind, name, values) => {
    const { template } = (await one(kind, name, ...values)).spec as { template: PodTemplate };
    expect(template.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65532 });
    const [container] = template.spec.containers;
    expect(container).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      livenessProbe: { httpGet: {} },
      readinessProbe: { httpGet: {} },
      startupProbe: { httpGet: {} },
      resources: { requests: {}, limits: {} },
    });
    for (const guard of ['PodDisruptionBudget', 'NetworkPolicy']) {
      const { spec } = (await one(guard, name, ...values)) as { spec?: Record<string, { matchLabels: object }> };
      expect(template.metadata.labels).toMatchObject((spec?.['selector'] ?? spec?.['podSelector'])!.matchLabels);
    }
    const [command, ...flags] = container!.args;
    const known = commands.find((row) => row.name === command)!.options.map((row) => row.flags.split(/[ ,]/)[0]);
    expect(known).toEqual(expect.arrayContaining(flags.map((flag) => flag.split('=')[0])));
  });

  it('has the API server ask the hub exactly what the hub itself would have it ask', async () => {
    const rendered = await one('ValidatingWebhookConfiguration', 'flotilla-hub', ...EXTERNAL_HUB);
    const withoutAddress = (configuration: unknown): unknown =>
      (configuration as { webhooks: { clientConfig: unknown }[] }).webhooks.map(
        ({ clientConfig: _address, ...webhook }) => webhook,
      );
    expect(withoutAddress(rendered)).toEqual(withoutAddress(webhookConfiguration('https://hub', 'ca')));
  });

  it('makes a certificate for the webhook that the API server will believe', async () => {
    const objects = await render(...EXTERNAL_HUB);
    const secret = objects.find(({ kind }) => kind === 'Secret') as unknown as { data: Record<string, string> };
    const configuration = objects.find(({ kind }) => kind === 'ValidatingWebhookConfiguration') as unknown as {
      webhooks: { clientConfig: { caBundle: string } }[];
    };
    const decode = (text = ''): X509Certificate => new X509Certificate(Buffer.from(text, 'base64'));
    const authority = decode(configuration.webhooks[0]!.clientConfig.caBundle);
    const certificate = decode(secret.data['tls.crt']);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.checkHost('flotilla-hub-webhook.flotilla-system.svc')).toBeDefined();
    const given = await render(...EXTERNAL_HUB, 'hub.webhook.certificate.existingSecret=mine');
    expect(given.some(({ kind }) => kind === 'Secret')).toBe(false);
  });

  it.each([
    ['a zone without a name', ['zone.enabled=true'], /zone\.cluster: give the name/],
    ['two embedded hubs', ['hub.enabled=true', 'hub.replicas=2'], /embedded API server has one replica/],
    [
      'plans in plain text',
      ['hub.enabled=true', 'hub.plans.enabled=true'],
      /hub\.plans\.certificateSecret: name a Secret/,
    ],
    ['a value that it does not know', ['hub.enable=true'], /additional properties 'enable'/],
    ['storage of another kind', ['hub.storage=etcd'], /must be one of 'embedded', 'external'/],
  ])('refuses %s', async (_what, values, message) => {
    await expect(release.template(...values)).rejects.toThrow(message);
  });

  it('refuses another namespace, where nothing would find anything', async () => {
    const attempt = release.kubectl.helm([
      ...['template', 'flotilla', ChartRelease.folder, '--namespace', 'other', '--set', 'hub.enabled=true'],
    ]);
    await expect(attempt).rejects.toThrow(/install into the namespace flotilla-system, not other/);
  });
});
