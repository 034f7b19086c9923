import { silentLogger, systemClock } from '../../src/kernel';
import { applyManifests } from '../../src/kube/apply/apply-engine';
import { detectDrift } from '../../src/kube/apply/detect-drift';
import { addFinalizer, removeFinalizer } from '../../src/kube/apply/finalizers';
import { mapLimited } from '../../src/kube/apply/map-limited';
import { KubeApiError } from '../../src/kube/client/kube-api-error';
import { KubeClient } from '../../src/kube/client/kube-client';
import { parseKubeconfig } from '../../src/kube/connection/parse-kubeconfig';
import { LeaderElection } from '../../src/kube/election/leader-election';
import { Informer, type InformerOptions } from '../../src/kube/informer/informer';
import { coreKinds, type KubeObject } from '../../src/kube/schema';
import { TcpPipe } from '../../src/kube/testing/tcp-pipe';

const { service, configMap, namespace, lease } = coreKinds;
const owner = { label: 'federation.flotilla.dev/bundle', value: 'checkout' };
const random = Math.random;

/** An API server that the contract runs against. */
export interface ContractServer {
  readonly kubeconfig: string;
  /** Whether it offers HTTP/2. */
  readonly http2: boolean;
  /** Stops and starts again with the same data at the same address. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

function config(name: string, data: Record<string, string>): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data };
}

function mapsOf(client: KubeClient, options: Partial<InformerOptions<KubeObject>> = {}): Informer {
  const shared = { client, kind: configMap, namespace: 'shop', clock: systemClock, random, logger: silentLogger };
  const informer = new Informer({ ...shared, ...options });
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

/** Waits for what other processes do, in real time. */
async function becomes(condition: () => boolean): Promise<void> {
  const endMs = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error(`never came true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * The client layer against a whole API server. It passes on the embedded one and on the upstream kube-apiserver, so that
 * both mean the same by every word, and so does the scripted one that the fault tests use.
 */
export function kubeClientContract(name: string, start: () => Promise<ContractServer>): void {
  describe(`client layer on ${name}`, () => {
    let server: ContractServer;
    let client: KubeClient;

    beforeAll(async () => {
      server = await start();
      client = new KubeClient(parseKubeconfig(server.kubeconfig, undefined, { untrusted: true }));
      await client.create(namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    }, 120_000);

    afterAll(async () => {
      await client.close();
      await server.close();
    }, 30_000);

    afterEach(async () => {
      const { items } = await client.list(configMap, { namespace: 'shop' });
      for (const { metadata } of items) await client.delete(configMap, metadata.name, 'shop');
    });

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
      const stranger = new KubeClient({ ...parseKubeconfig(server.kubeconfig), token: 'wrong' });
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
      const maps = mapsOf(client, { indexers: { x: ({ data }) => [(data as { x?: string }).x ?? ''] } });
      await maps.whenSynced();
      expect(maps.state.kind).toBe('Live');
      expect(maps.get('shop/before')?.metadata.managedFields).toBeUndefined();
      await client.create(configMap, config('after', { x: '2' }));
      await becomes(() => maps.byIndex('x', '2').length === 1);
      await client.delete(configMap, 'before', 'shop');
      await becomes(() => maps.size === 1);
      await client.delete(configMap, 'after', 'shop');
      await becomes(() => maps.size === 0);
      await maps.stop();
    });

    it('find each other again after a restart of the server, with nothing lost', async () => {
      const maps = mapsOf(client, { backoff: { initialMs: 1, maxMs: 20 } });
      await client.create(configMap, config('kept', {}));
      await maps.whenSynced();
      await server.restart();
      await becomes(() => maps.state.kind === 'Live');
      await client.create(configMap, config('new', {}));
      await becomes(() => maps.state.kind === 'Live' && maps.size === 2);
      await client.delete(configMap, 'kept', 'shop');
      await becomes(() => maps.size === 1);
      await client.delete(configMap, 'new', 'shop');
      await maps.stop();
    });

    it('follow a large state that changes while connections break', async () => {
      const connection = parseKubeconfig(server.kubeconfig);
      const pipe = await TcpPipe.open(Number(new URL(connection.server).port));
      const piped = new KubeClient({ ...connection, server: `https://127.0.0.1:${pipe.port}` });
      const names = Array.from({ length: 200 }, (_none, index) => `map-${index}`);
      await mapLimited(names, 8, (name) => client.create(configMap, config(name, { round: '0' })));
      const maps = mapsOf(piped, { backoff: { initialMs: 1, maxMs: 50 } });
      await maps.whenSynced();
      expect(maps.size).toBe(200);
      for (let round = 1; round <= 10; round += 1) {
        const changed = names.filter((_name, index) => index % 10 === round % 10);
        await mapLimited(changed, 8, async (name) => {
          if (round % 2 === 0) await client.delete(configMap, name, 'shop');
          else await client.patch(configMap, name, 'shop', { data: { round: `${round}` } }, { type: 'merge' });
        });
        pipe.cut();
      }
      const { items } = await client.list(configMap, { namespace: 'shop' });
      const wanted = new Map(items.map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
      const isSame = (): boolean =>
        maps.size === wanted.size &&
        maps.list().every(({ metadata }) => wanted.get(metadata.name) === metadata.resourceVersion);
      await becomes(isSame);
      expect([wanted.size, maps.missedEvents]).toEqual([100, 0]);
      await maps.stop();
      await piped.close();
      await pipe.close();
      await mapLimited([...wanted.keys()], 8, (name) => client.delete(configMap, name, 'shop'));
    }, 60_000);

    it('share one connection for all watches where HTTP/2 is offered', async () => {
      const connection = parseKubeconfig(server.kubeconfig);
      const pipe = await TcpPipe.open(Number(new URL(connection.server).port));
      const piped = new KubeClient({ ...connection, server: `https://127.0.0.1:${pipe.port}` });
      const informers = [configMap, service, lease, coreKinds.secret, coreKinds.pod].map((kind) =>
        mapsOf(piped, { kind }),
      );
      await Promise.all(informers.map((informer) => informer.whenSynced()));
      await becomes(() => informers.every(({ state }) => state.kind === 'Live'));
      expect(pipe.connections).toBe(server.http2 ? 1 : 6); // elsewhere one for the question, and one a watch
      await Promise.all(informers.map((informer) => informer.stop()));
      await piped.close();
      await pipe.close();
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
      await becomes(() => election.leadership.isLeader);
      expect((await client.get(lease, 'hub', 'shop'))?.spec).toMatchObject({
        holderIdentity: 'one',
        leaseTransitions: 1,
      });
      await election.stop();
      expect((await client.get(lease, 'hub', 'shop'))?.spec).toMatchObject({ leaseTransitions: 1 });
    });
  });
}
