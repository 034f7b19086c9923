import fc from 'fast-check';
import { ManualClock } from '../../kernel';
import { KubeClient } from '../client/kube-client';
import { coreKinds, type KubeObject, type ResourceKind } from '../schema';
import { eventually } from '../testing/eventually';
import { ScriptedApiServer } from '../testing/scripted-api-server';
import { applyManifests, type ApplyOptionsOfSet } from './apply-engine';
import { planPrune } from './apply-plan';
import type { ApplyReport } from './apply-result';
import { detectDrift } from './detect-drift';

const { service, secret, namespace, customResourceDefinition } = coreKinds;
const gateway: ResourceKind = {
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'Gateway',
  plural: 'gateways',
  namespaced: true,
};
const owner = { label: 'federation.flotilla.dev/bundle', value: 'checkout' };

let server: ScriptedApiServer;
let client: KubeClient;
let clock: ManualClock;

async function open(
  kinds: readonly ResourceKind[] = [service, secret, namespace, customResourceDefinition],
): Promise<void> {
  clock = new ManualClock();
  server = await ScriptedApiServer.start(kinds);
  client = new KubeClient(server.connection, { clock });
}

async function close(): Promise<void> {
  await client.close();
  await server.close();
}

beforeEach(() => open());
afterEach(close);

function object(kind: string, name: string, spec: object = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name, ...(kind === 'Namespace' ? {} : { namespace: 'shop' }) }, spec };
}

function apply(manifests: readonly KubeObject[], options: Partial<ApplyOptionsOfSet> = {}): Promise<ApplyReport> {
  const pruneKinds = [service, secret];
  return applyManifests({ client, manifests, owner, fieldManager: 'flotilla', pruneKinds, clock, ...options });
}

function summary({ results, pruned }: ApplyReport): string[] {
  return [
    ...results.map(({ object: { kind, name }, outcome }) => `${kind} ${name} ${outcome.state}`),
    ...pruned.map(({ kind, name }) => `${kind} ${name} pruned`),
  ];
}

describe('applyManifests', () => {
  it('writes namespaces first, reports what it created, and changes nothing the second time', async () => {
    const manifests = [object('Service', 'b'), object('Service', 'a'), object('Namespace', 'shop')];
    expect(summary(await apply(manifests))).toEqual([
      'Namespace shop created',
      'Service a created',
      'Service b created',
    ]);
    const version = server.store.version;
    const again = await apply(manifests);
    expect(again.succeeded).toBe(true);
    expect(summary(again)).toEqual(['Namespace shop unchanged', 'Service a unchanged', 'Service b unchanged']);
    expect(server.store.version).toBe(version);
    expect(server.list(service)[0]!.metadata.labels).toEqual({ [owner.label]: owner.value });
  });

  it('updates what changed, adopts what was there, and prunes what the set no longer holds', async () => {
    server.put(service, object('Service', 'there', { keep: true }));
    server.put(service, object('Service', 'foreign'));
    await apply([object('Service', 'a', { x: 1 }), object('Service', 'old')]);
    const report = await apply([object('Service', 'a', { x: 2 }), object('Service', 'there', { x: 1 })]);
    expect(summary(report)).toEqual(['Service a updated', 'Service there updated', 'Service old pruned']);
    expect(server.list(service).map(({ metadata, spec }) => [metadata.name, spec])).toEqual([
      ['a', { x: 2 }],
      ['foreign', {}],
      ['there', { keep: true, x: 1 }],
    ]);
  });

  it('waits until the kind of a new definition is served', async () => {
    await close();
    const kinds: ResourceKind[] = [service, customResourceDefinition];
    await open(kinds);
    const definition = {
      ...object('CustomResourceDefinition', 'gateways.networking.istio.io'),
      apiVersion: 'apiextensions.k8s.io/v1',
    };
    const manifest = { ...object('Gateway', 'web'), apiVersion: 'networking.istio.io/v1' };
    const applying = apply([manifest, definition], { pruneKinds: [] });
    await eventually(() => server.list(customResourceDefinition).length === 1 && clock.pending > 0);
    kinds.push(gateway);
    await clock.advance(500);
    expect(summary(await applying)).toEqual([
      'CustomResourceDefinition gateways.networking.istio.io created',
      'Gateway web created',
    ]);
  });

  it('reports conflicts by field and manager, and takes fields over when told to', async () => {
    await apply([object('Service', 'a', { type: 'LoadBalancer' })]);
    server.put(service, { ...server.list(service)[0]!, spec: { type: 'NodePort' } });
    server.applies.takeOver('/api/v1/services/shop/a', '.spec.type', 'kubectl-edit');
    const report = await apply([object('Service', 'a', { type: 'LoadBalancer' })]);
    expect(report.succeeded).toBe(false);
    expect(report.results[0]!.outcome).toMatchObject({
      state: 'conflict',
      conflicts: [{ field: '.spec.type', manager: 'kubectl-edit' }],
    });
    expect(summary(await apply([object('Service', 'a', { type: 'LoadBalancer' })], { force: true }))).toEqual([
      'Service a updated',
    ]);
  });

  it('reports every fault at once and prunes nothing then', async () => {
    await apply([object('Service', 'old')]);
    const manifests = [object('Service', 'a'), object('Widget', 'w'), object('Secret', 's'), object('Secret', 's')];
    const report = await apply(manifests);
    expect(summary(report)).toEqual(['Secret s failed', 'Service a created', 'Widget w failed']);
    expect(report).toMatchObject({ succeeded: false, pruned: [], pruneHeld: 'not every object could be applied' });
    expect(report.results.map(({ outcome }) => ('error' in outcome ? outcome.error.code : undefined))).toEqual([
      'FLO2060',
      undefined,
      'FLO2014',
    ]);
  });

  it('prunes nothing when it could not see everything', async () => {
    await apply([object('Service', 'old'), object('Secret', 'old')]);
    server.faults = ({ verb, path }) =>
      verb === 'list' && path.endsWith('secrets') ? { kind: 'status', code: 500 } : undefined;
    const report = await apply([object('Service', 'a')]);
    expect(report.pruneHeld).toContain('could not be listed');
    expect(server.list(service)).toHaveLength(2);
  });

  it('does not prune an object that was made anew since it looked, nor one that is going already', async () => {
    await apply([object('Service', 'old')]);
    server.faults = ({ verb }) => {
      const old = server.list(service).find(({ metadata }) => metadata.name === 'old');
      if (verb === 'delete' && server.remove(service, 'old', 'shop')) server.put(service, old!);
      return undefined;
    };
    const report = await apply([object('Service', 'a')]);
    expect(report).toMatchObject({ succeeded: false, pruned: [], pruneFailures: [{ error: { code: 'FLO2004' } }] });
    expect(server.list(service).map(({ metadata }) => metadata.name)).toEqual(['a', 'old']);
    const { metadata, ...rest } = object('Service', 'old');
    const leaving = { ...rest, metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(planPrune([], [leaving])).toEqual([]);
  });

  it('prunes everything only when told that the set may be empty', async () => {
    await apply([object('Service', 'old')]);
    expect(await apply([])).toMatchObject({ succeeded: false, pruneHeld: 'the set is empty' });
    expect(summary(await apply([], { allowEmpty: true }))).toEqual(['Service old pruned']);
    expect(await apply([])).toMatchObject({ succeeded: true });
  });

  it('says what it would do without doing it', async () => {
    await apply([object('Service', 'old')]);
    const version = server.store.version;
    const report = await apply([object('Service', 'a')], { dryRun: true });
    expect(summary(report)).toEqual(['Service a created', 'Service old pruned']);
    expect(server.store.version).toBe(version);
  });

  it('reports an unreachable cluster for each object', async () => {
    server.faults = () => ({ kind: 'drop' });
    const report = await apply([object('Service', 'a'), object('Service', 'b')]);
    expect(report.results.map(({ outcome }) => (outcome.state === 'failed' ? outcome.error.code : ''))).toEqual([
      'FLO2000',
      'FLO2000',
    ]);
    expect(report.pruneHeld).toBeDefined();
  });

  it('reaches the wanted state from any other in one pass, and then has nothing to do', async () => {
    const set = fc
      .uniqueArray(fc.tuple(fc.constantFrom('Service', 'Secret'), fc.constantFrom('a', 'b', 'c'), fc.nat(2)), {
        selector: ([kind, name]) => `${kind}/${name}`,
      })
      .map((entries) => entries.map(([kind, name, x]) => object(kind, name, { x, [`only${x}`]: true })));
    await fc.assert(
      fc.asyncProperty(set, set, async (before, wanted) => {
        await close();
        await open();
        await apply(before);
        expect((await apply(wanted, { allowEmpty: true })).succeeded).toBe(true);
        const live = [...server.list(service), ...server.list(secret)].map(({ kind, metadata, spec }) => ({
          kind,
          name: metadata.name,
          spec,
        }));
        const expected = wanted.map(({ kind, metadata, spec }) => ({ kind, name: metadata.name, spec }));
        expect(live).toEqual(expect.arrayContaining(expected));
        expect(live).toHaveLength(expected.length);
        const version = server.store.version;
        const again = await apply(wanted, { allowEmpty: true });
        expect(again.results.every(({ outcome }) => outcome.state === 'unchanged')).toBe(true);
        expect([again.pruned, server.store.version]).toEqual([[], version]);
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe('detectDrift', () => {
  const manifests = [object('Service', 'a', { type: 'LoadBalancer', ports: [{ port: 80 }] }), object('Service', 'b')];
  const look = (previous = {}): ReturnType<typeof detectDrift> =>
    detectDrift({ client, manifests, owner, fieldManager: 'flotilla', nowMs: clock.nowMs(), ...previous });

  it('finds nothing right after an apply, whatever other managers own', async () => {
    await apply(manifests);
    server.put(service, {
      ...server.list(service)[0]!,
      metadata: { ...server.list(service)[0]!.metadata, annotations: { theirs: 'x' } },
    });
    expect(await look()).toEqual({ drift: [], unknown: [] });
  });

  it('tells path, both values and when it was first seen', async () => {
    await apply(manifests);
    const [a] = server.list(service);
    server.put(service, { ...a!, spec: { type: 'NodePort', ports: [{ port: 8080 }] } });
    server.remove(service, 'b', 'shop');
    const first = await look();
    expect(first.drift.map(({ object: { name }, path, wanted, found }) => [name, path, wanted, found])).toEqual([
      ['a', 'spec.ports[0].port', '80', '8080'],
      ['a', 'spec.type', '"LoadBalancer"', '"NodePort"'],
      ['b', '', 'present', 'absent'],
    ]);
    await clock.advance(60_000);
    const second = await look({ previous: first.drift });
    expect(second).toEqual(first);
    expect(server.list(service)).toHaveLength(1);
  });

  it('keeps apart what it could not look at', async () => {
    await apply(manifests);
    server.faults = ({ path }) => (path.endsWith('/a') ? { kind: 'status', code: 500 } : undefined);
    const report = await look();
    expect(report.drift).toEqual([]);
    expect(report.unknown).toMatchObject([{ object: { name: 'a' }, error: { code: 'FLO2009' } }]);
  });
});
