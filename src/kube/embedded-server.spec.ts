import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '../kernel';
import { applyManifests } from './apply/apply-engine';
import { detectDrift } from './apply/detect-drift';
import { addFinalizer, removeFinalizer } from './apply/finalizers';
import { KubeClient } from './client/kube-client';
import { KubeApiError } from './client/kube-api-error';
import { parseKubeconfig } from './connection/parse-kubeconfig';
import { LeaderElection } from './election/leader-election';
import { Informer } from './informer/informer';
import { coreKinds, type KubeObject, type ResourceKind } from './schema';
import { type ApiServer, startApiServer } from './server';
import { eventually } from './testing/eventually';

/** The client layer against the embedded API server: the two halves of this room must mean the same by every word. */
const { service, configMap, namespace, lease } = coreKinds;
const owner = { label: 'federation.flotilla.dev/bundle', value: 'checkout' };

let dataDir: string;
let server: ApiServer;
let client: KubeClient;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'embedded-'));
  server = await startApiServer({ dataDir });
  client = new KubeClient(parseKubeconfig(server.kubeconfig(), undefined, { untrusted: true }));
  await client.create(namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
}, 30_000);

afterAll(async () => {
  await client.close();
  await server.close();
  rmSync(dataDir, { recursive: true });
});

function config(name: string, data: Record<string, string>): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data };
}

function informer(kind: ResourceKind, options: object = {}): Informer {
  const informer = new Informer({
    ...{ client, kind, clock: systemClock, random: Math.random, logger: silentLogger },
    ...options,
  });
  informer.start();
  return informer;
}

async function failureOf(attempt: Promise<unknown>): Promise<KubeApiError> {
  const cause = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(cause).toBeInstanceOf(KubeApiError);
  return cause as KubeApiError;
}

describe('client and embedded server', () => {
  it('write, read, list, patch and delete', async () => {
    const created = await client.create(configMap, config('settings', { a: '1' }));
    expect(await client.get(configMap, 'settings', 'shop')).toEqual(created);
    const replaced = await client.replace(configMap, { ...created, data: { a: '2' } });
    const stale = await failureOf(client.replace(configMap, { ...created, data: { a: '3' } }));
    expect(stale).toMatchObject({ code: 'FLO2004', isConflict: true });
    expect(replaced.data).toEqual({ a: '2' });
    const patched = await client.patch(configMap, 'settings', 'shop', { data: { b: '1' } }, { type: 'merge' });
    expect(patched.data).toEqual({ a: '2', b: '1' });
    const operations = [{ op: 'replace', path: '/data/a', value: '9' }];
    expect((await client.patch(configMap, 'settings', 'shop', operations, { type: 'json' })).data).toMatchObject({
      a: '9',
    });
    expect(await failureOf(client.create(configMap, config('settings', {})))).toMatchObject({ code: 'FLO2005' });
    expect(await client.delete(configMap, 'settings', 'shop')).toBe(true);
    expect(await client.delete(configMap, 'settings', 'shop')).toBe(false);
    expect(await client.get(configMap, 'settings', 'shop')).toBeUndefined();
  });

  it('agree on discovery, version and refusals', async () => {
    expect(await client.kindOf('v1', 'Service')).toEqual(service);
    expect(await client.kindOf('coordination.k8s.io/v1', 'Lease')).toEqual(lease);
    await expect(client.kindOf('v1', 'Widget')).rejects.toMatchObject({ code: 'FLO2014' });
    expect((await client.version()).major).toBe('1');
    const invalid = await failureOf(
      client.create(service, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'X', namespace: 'shop' } }),
    );
    expect(invalid).toMatchObject({ code: 'FLO2007' });
    expect(invalid.causes.length).toBeGreaterThan(0);
    const stranger = new KubeClient({ ...parseKubeconfig(server.kubeconfig()), token: 'wrong' });
    expect((await failureOf(stranger.list(configMap))).statusCode).toBeGreaterThanOrEqual(401);
    await stranger.close();
  });

  it('page through lists', async () => {
    for (let index = 0; index < 7; index += 1) await client.create(configMap, config(`page-${index}`, {}));
    const { items } = await client.list(configMap, { namespace: 'shop', limitPerPage: 3 });
    expect(items.map(({ metadata }) => metadata.name)).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => `page-${index}`));
    expect(items.every(({ kind, apiVersion }) => kind === 'ConfigMap' && apiVersion === 'v1')).toBe(true);
    const names = await client.list(configMap, { namespace: 'shop', metadataOnly: true });
    expect(names.items).toHaveLength(7);
    await Promise.all(items.map(({ metadata }) => client.delete(configMap, metadata.name, 'shop')));
  });

  it('keep an informer current', async () => {
    await client.create(configMap, config('before', { x: '1' }));
    const maps = informer(configMap, {
      namespace: 'shop',
      indexers: { x: ({ data }: KubeObject) => [(data as { x: string }).x] },
    });
    await maps.whenSynced();
    expect(maps.state.kind).toBe('Live');
    expect(maps.get('shop/before')?.metadata.managedFields).toBeUndefined();
    await client.create(configMap, config('after', { x: '2' }));
    await eventually(() => maps.byIndex('x', '2').length === 1);
    await client.delete(configMap, 'before', 'shop');
    await eventually(() => maps.size === 1);
    await client.delete(configMap, 'after', 'shop');
    await eventually(() => maps.size === 0);
    await maps.stop();
  });

  it('find each other again after a restart of the server, with nothing lost', async () => {
    const maps = informer(configMap, { namespace: 'shop', backoff: { initialMs: 1, maxMs: 20 } });
    await client.create(configMap, config('kept', {}));
    await maps.whenSynced();
    const port = Number(new URL(server.url).port);
    await server.close();
    await eventually(() => maps.state.kind === 'Stalled');
    expect(maps.size).toBe(1);
    server = await startApiServer({ dataDir, port });
    await client.create(configMap, config('new', {}));
    await eventually(() => maps.state.kind === 'Live' && maps.size === 2);
    await client.delete(configMap, 'kept', 'shop');
    await eventually(() => maps.size === 1);
    await client.delete(configMap, 'new', 'shop');
    await maps.stop();
  });

  it('apply sets: create, unchanged, update, conflict, prune, drift', async () => {
    const set = (a: string): KubeObject[] => [config('one', { a }), config('two', { b: '1' })];
    const apply = (manifests: readonly KubeObject[]): ReturnType<typeof applyManifests> =>
      applyManifests({ client, manifests, owner, fieldManager: 'flotilla', pruneKinds: [configMap] });
    const states = async (manifests: readonly KubeObject[]): Promise<string[]> => {
      const { results, pruned } = await apply(manifests);
      return [...results.map(({ outcome }) => outcome.state), ...pruned.map(({ name }) => `pruned ${name}`)];
    };
    expect(await states(set('1'))).toEqual(['created', 'created']);
    expect(await states(set('1'))).toEqual(['unchanged', 'unchanged']);
    expect(await states(set('2'))).toEqual(['updated', 'unchanged']);
    await client.patch(
      configMap,
      'one',
      'shop',
      { data: { a: 'theirs' } },
      { type: 'merge', fieldManager: 'kubectl-edit' },
    );
    const looked = await detectDrift({ client, manifests: set('2'), owner, fieldManager: 'flotilla', nowMs: 0 });
    expect(looked.drift.map(({ path, wanted, found }) => [path, wanted, found])).toEqual([
      ['data.a', '"2"', '"theirs"'],
    ]);
    const conflict = (await apply(set('2'))).results[0]!.outcome;
    expect(conflict).toMatchObject({ state: 'conflict', conflicts: [{ field: '.data.a', manager: 'kubectl-edit' }] });
    expect(await states(set('theirs').slice(1))).toEqual(['unchanged', 'pruned one']);
    await client.delete(configMap, 'two', 'shop');
  });

  it('keep an object until its finalizer is gone', async () => {
    const finalizer = 'federation.flotilla.dev/cleanup';
    const created = await client.create(configMap, config('guarded', {}));
    const guarded = await addFinalizer(client, configMap, created, finalizer);
    expect(await addFinalizer(client, configMap, guarded, finalizer)).toBe(guarded);
    expect(await failureOf(addFinalizer(client, configMap, created, 'a.dev/other'))).toMatchObject({
      isConflict: true,
    });
    await client.delete(configMap, 'guarded', 'shop');
    const leaving = await client.get(configMap, 'guarded', 'shop');
    expect(leaving?.metadata.deletionTimestamp).toBeDefined();
    await removeFinalizer(client, configMap, leaving!, finalizer);
    expect(await client.get(configMap, 'guarded', 'shop')).toBeUndefined();
    expect(await removeFinalizer(client, configMap, leaving!, finalizer)).toBeUndefined();
  });

  it('elect a leader', async () => {
    const election = new LeaderElection({
      ...{ client, namespace: 'shop', name: 'hub', identity: 'one' },
      ...{ clock: systemClock, random: Math.random, logger: silentLogger },
    });
    election.start();
    await eventually(() => election.leadership.isLeader);
    expect((await client.get(lease, 'hub', 'shop'))?.spec).toMatchObject({
      holderIdentity: 'one',
      leaseTransitions: 1,
    });
    await election.stop();
    expect((await client.get(lease, 'hub', 'shop'))?.spec).toMatchObject({ leaseTransitions: 1 });
  });
});
