import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessPointKind } from '../accesspoint';
import type { ChangePlan } from '../federation';
import { TestFleet } from '../federation/hub/testing/test-fleet';
import { destinationRuleKind } from '../istio';
import type { Bundle } from '../federation/api';
import { coreKinds, type KubeObject, toCustomResourceDefinition } from '../kube/schema';
import { run as apply } from './commands/apply-command';
import { run as diff } from './commands/diff-command';
import { run as plan } from './commands/plan-command';
import type { DriftReport } from './drift/drift-report';

jest.setTimeout(60_000);

let fleet: TestFleet;
let folder: string;
let kubeconfig: string;

beforeAll(async () => {
  fleet = await TestFleet.start();
  folder = mkdtempSync(join(tmpdir(), 'flotilla-apply-'));
  kubeconfig = join(folder, 'hub.yaml');
  writeFileSync(kubeconfig, fleet.hubCluster.server.kubeconfig());
});

afterAll(async () => {
  process.exitCode = 0;
  rmSync(folder, { recursive: true, force: true });
  await fleet.stop();
});

/** What a command printed, with the exit code that it asked for. */
async function printed(command: () => Promise<void>): Promise<{ text: string; exitCode: unknown }> {
  const parts: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((part) => parts.push(String(part)) > 0);
  process.exitCode = 0;
  try {
    await command();
  } finally {
    write.mockRestore();
  }
  const { exitCode } = process;
  process.exitCode = 0;
  return { text: parts.join(''), exitCode };
}

function checkout(spec: Record<string, unknown> = {}): string {
  const object = {
    apiVersion: 'federation.flotilla.dev/v1alpha1',
    kind: 'AccessPoint',
    metadata: { name: 'checkout', namespace: 'shop' },
    spec: {
      mesh: 'prod',
      hosts: ['checkout.shop.example.com'],
      ports: [{ name: 'http', number: 80, protocol: 'HTTP', targetPort: 8080 }],
      backend: { service: { name: 'checkout' }, selector: { app: 'checkout' } },
      placement: { zones: ['test/a', 'test/b'] },
      ...spec,
    },
  };
  const file = join(folder, 'checkout.yaml');
  writeFileSync(file, JSON.stringify(object));
  return file;
}

async function planned(file: string): Promise<{ plan: ChangePlan; exitCode: unknown }> {
  const { text, exitCode } = await printed(() => plan({ file: [file], kubeconfig, output: 'json' }));
  return { plan: JSON.parse(text) as ChangePlan, exitCode };
}

describe('a change that is planned and applied against a hub', () => {
  it('creates what was planned, and has nothing to do afterwards', async () => {
    const file = checkout();
    const { plan: first, exitCode } = await planned(file);
    expect(exitCode).toBe(2);
    expect(first.intent.map(({ op, object }) => `${op} ${object.kind}`)).toEqual(['create AccessPoint']);
    expect(first.clusters.map(({ cluster }) => cluster)).toEqual(['a-apps', 'a-gateway', 'b-apps', 'b-gateway']);
    const { text } = await printed(() => apply({ file: [file], kubeconfig, yes: true }));
    expect(text).toMatch(/hub {2}AccessPoint shop\/checkout created\n$/);
    expect((await planned(file)).exitCode).toBe(0);
    await fleet.complete('checkout');
    expect((await planned(file)).plan).toMatchObject({ intent: [], clusters: [] });
  });

  it('plans an edit against what is released, and applies exactly what was saved', async () => {
    await fleet.complete('checkout');
    const file = checkout({ runtime: { locality: { localPercent: 90 } } });
    const out = join(folder, 'plan.json');
    const { text, exitCode } = await printed(() => plan({ file: [file], kubeconfig, out }));
    expect(exitCode).toBe(2);
    expect(text).toContain('spec.runtime.locality.localPercent  90');
    await printed(() => apply({ file: [], plan: out, kubeconfig, yes: true }));
    const done = await fleet.complete('checkout');
    expect(done.spec?.runtime.locality.localPercent).toBe(90);
    expect((await planned(file)).exitCode).toBe(0);
  });

  it('refuses a saved plan when something else would happen by now, and says what', async () => {
    await fleet.complete('checkout');
    const file = checkout({ runtime: { locality: { localPercent: 80 } } });
    const out = join(folder, 'old.json');
    await printed(() => plan({ file: [file], kubeconfig, out }));
    await fleet.editAccessPoint('checkout', { hosts: ['checkout.shop.example.com', 'pay.shop.example.com'] });
    const before = await fleet.readAccessPoint('checkout');
    await expect(printed(() => apply({ file: [], plan: out, kubeconfig, yes: true }))).rejects.toThrow(
      /no longer what would happen:\n {2}[-+~] /,
    );
    expect((await fleet.readAccessPoint('checkout'))?.metadata.generation).toBe(before?.metadata.generation);
    await fleet.editAccessPoint('checkout', { hosts: ['checkout.shop.example.com'] });
    await fleet.complete('checkout');
  });

  it('applies nothing when nobody can be asked', async () => {
    const file = checkout({ runtime: { locality: { localPercent: 70 } } });
    await expect(printed(() => apply({ file: [file], kubeconfig }))).rejects.toThrow(/nobody can be asked/);
    expect((await fleet.readAccessPoint('checkout'))?.spec?.runtime.locality.localPercent).toBe(90);
  });

  it('names the field and the manager when a gateway cluster has something of somebody else', async () => {
    const zone = fleet.clientOf('a');
    await zone.create(coreKinds.customResourceDefinition, toCustomResourceDefinition(destinationRuleKind));
    const rule: KubeObject = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: 'checkout', namespace: 'shop' },
      spec: { host: 'elsewhere.example.com' },
    };
    await zone.create(coreKinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    const kind = await zone.kindOf(rule.apiVersion, rule.kind);
    await zone.apply(kind, rule, { fieldManager: 'helm', force: true });
    const { plan: result } = await planned(checkout({ runtime: { locality: { localPercent: 85 } } }));
    const gateway = result.clusters.find(({ cluster }) => cluster === 'a-gateway');
    expect(gateway?.conflicts).toContainEqual({
      object: { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', namespace: 'shop', name: 'checkout' },
      field: '.spec.host',
      manager: 'helm',
    });
    expect(result.clusters.find(({ cluster }) => cluster === 'a-apps')?.notChecked).toBe(
      'only its zone has credentials for it, and no context has its name (--cluster-context)',
    );
    expect(gateway?.checkedWith).toBe("the hub's credentials");
  });

  it('shows fields of the hub object that belong to others, and takes them over only when told to', async () => {
    const current = await fleet.readAccessPoint('checkout');
    await fleet.client.apply(
      accessPointKind,
      {
        ...current!,
        metadata: { name: 'checkout', namespace: 'shop' },
        spec: { ...current!.spec!, exportTo: ['tools'] },
      },
      { fieldManager: 'argocd', force: true },
    );
    const file = checkout({ exportTo: ['shop'] });
    const { plan: result } = await planned(file);
    expect(result.findings.map(({ code, message }) => `${code} ${message}`)).toContain(
      'FLO3086 the field belongs to "argocd" on the hub',
    );
    await expect(printed(() => apply({ file: [file], kubeconfig, yes: true }))).rejects.toThrow(/conflict/);
    await printed(() => apply({ file: [file], kubeconfig, yes: true, forceConflicts: true }));
    expect((await fleet.readAccessPoint('checkout'))?.spec?.exportTo).toEqual(['shop']);
  });

  it('shows the drift that zones report, and which zones cannot be asked', async () => {
    await fleet.complete('checkout');
    const bundle = (await fleet.bundleOf('checkout', 'a-apps')) as Bundle;
    const drift = [
      {
        object: 'Service/shop/checkout',
        path: 'spec.type',
        wanted: 'a',
        found: 'b',
        firstSeen: '2026-01-01T00:00:00Z',
      },
    ];
    await fleet.report('a', bundle, { ...bundle.status, drift });
    const { text, exitCode } = await printed(() => diff({ file: [], kubeconfig }));
    expect(exitCode).toBe(2);
    expect(text).toContain(
      'a-apps  Service/shop/checkout  spec.type  a → b  since 2026-01-01T00:00:00Z  (its zone says so)',
    );
    expect(text).toContain('a-apps  not asked, its zone reports: only its zone has credentials for it');
    // The zones of this fleet are played: what they say to have applied is not there.
    expect(text).toMatch(/a-gateway {2}DestinationRule\/shop\/checkout {2}\S.* → \S/);
    await fleet.stopZone('b');
    const after = await printed(() => diff({ file: [], kubeconfig, output: 'json' }));
    expect(
      (JSON.parse(after.text) as { unknown: { cluster: string }[] }).unknown.map(({ cluster }) => cluster),
    ).toEqual(['b-gateway']);
    await fleet.startZone('b');
  });

  it('does not say of drift that it is gone where a cluster was not looked at, because it lags behind its bundle', async () => {
    const read = async (): Promise<Bundle> => (await fleet.bundleOf('checkout', 'a-gateway')) as Bundle;
    const before = (await read()).status;
    const entry = { object: 'Service/shop/checkout', path: 'spec.type', wanted: 'a', found: 'b' };
    const drift = [{ ...entry, firstSeen: '2026-01-01T00:00:00Z' }];
    const stateOf = async (status: Bundle['status']): Promise<unknown> => {
      await fleet.report('a', await read(), status);
      const { text } = await printed(() => diff({ file: [], kubeconfig, output: 'json' }));
      const rows = (JSON.parse(text) as DriftReport).drift.filter(({ cluster }) => cluster === 'a-gateway');
      return rows.find(({ path }) => path === entry.path)?.state;
    };
    expect(await stateOf({ ...before, drift })).toBe('repaired');
    expect(await stateOf({ ...before, phase: 'Failed', appliedDigest: 'older', drift })).toBe('reported');
    await fleet.report('a', await read(), before);
  });

  it('deletes what the files name, once it was shown', async () => {
    const file = checkout();
    const { text } = await printed(() => apply({ file: [file], kubeconfig, delete: true, yes: true }));
    expect(text).toContain('- AccessPoint shop/checkout');
    expect(text).toMatch(/hub {2}AccessPoint shop\/checkout deleted\n$/);
    expect(readFileSync(file, 'utf8')).toContain('checkout');
  });
});
