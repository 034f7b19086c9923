import { ManualClock, silentLogger } from '../../kernel';
import { KubeClient } from '../client/kube-client';
import { coreKinds, type KubeObject } from '../schema';
import { eventually } from '../testing/eventually';
import { type Fault, faultsInTurn, type SeenRequest } from '../testing/fault';
import { ScriptedApiServer } from '../testing/scripted-api-server';
import { Informer, type InformerOptions } from './informer';

const { service } = coreKinds;
type Service = KubeObject<{ readonly clusterIP?: string; readonly type?: string }>;

let server: ScriptedApiServer;
let client: KubeClient;
let clock: ManualClock;
let informer: Informer<Service>;

beforeEach(async () => {
  clock = new ManualClock();
  server = await ScriptedApiServer.start([service]);
  client = new KubeClient(server.connection, { clock });
});

afterEach(async () => {
  await informer.stop();
  await client.close();
  await server.close();
  expect(clock.pending).toBe(0);
});

function start(options: Partial<InformerOptions<Service>> = {}): Informer<Service> {
  informer = new Informer<Service>({
    ...{ client, kind: service, clock, random: () => 0.5, logger: silentLogger },
    ...options,
  });
  informer.start();
  return informer;
}

function put(name: string, fields: object = {}, namespace = 'shop'): void {
  server.put(service, { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace, ...fields } });
}

function names(): string[] {
  return informer
    .list()
    .map(({ metadata }) => metadata.name)
    .sort();
}

function count(verb: SeenRequest['verb']): number {
  return server.requests.filter((request) => request.verb === verb).length;
}

/** Puts faults on the next lists and watches. */
function faults(...script: (Fault | undefined)[]): void {
  server.faults = faultsInTurn(['list', 'watch'], script);
}

describe('Informer', () => {
  it('streams the initial state, then follows changes and deletions', async () => {
    put('a');
    put('b');
    start();
    await informer.whenSynced();
    expect(names()).toEqual(['a', 'b']);
    expect(informer.state.kind).toBe('Live');
    put('c');
    server.remove(service, 'a', 'shop');
    await eventually(() => names().join() === 'b,c');
    expect([count('list'), count('watch')]).toEqual([0, 1]);
    expect(server.requests[0]!.query).toMatchObject({
      allowWatchBookmarks: 'true',
      resourceVersionMatch: 'NotOlderThan',
    });
  });

  it.each(['refused', 'ignored'] as const)('lists pages where WatchList is %s', async (offers) => {
    server.offersWatchList = offers;
    for (let index = 0; index < 5; index += 1) put(`s${index}`);
    start();
    if (offers === 'ignored') {
      await eventually(() => server.openWatches === 1);
      server.bookmarkAll(); // a server that does not know the parameter sends an ordinary bookmark
    }
    await informer.whenSynced();
    expect(informer.size).toBe(5);
    put('later');
    await eventually(() => informer.size === 6);
    expect([count('list'), count('watch')]).toEqual([1, 2]);
  });

  it('falls back to lists when the initial events never end', async () => {
    server.offersWatchList = 'ignored';
    put('a');
    start();
    await eventually(() => server.openWatches === 1 && clock.pending >= 2);
    await clock.advance(20_000);
    await informer.whenSynced();
    expect(names()).toEqual(['a']);
  });

  it('selects at the server', async () => {
    put('a', { labels: { app: 'a' } });
    put('b');
    put('a', { labels: { app: 'a' } }, 'bank');
    start({ namespace: 'shop', labelSelector: 'app=a' });
    await informer.whenSynced();
    put('c', { labels: { app: 'a' } });
    await eventually(() => informer.size === 2);
    expect(informer.get('shop/a')).toBeDefined();
    expect(server.requests[0]).toMatchObject({
      path: '/api/v1/namespaces/shop/services',
      query: { labelSelector: 'app=a' },
    });
  });

  it('stores frozen objects without managed fields, as the transform leaves them', async () => {
    put('a', { managedFields: [{ manager: 'x' }], annotations: { note: 'long' } });
    start({ transform: ({ metadata: { annotations: _dropped, ...metadata }, ...rest }) => ({ ...rest, metadata }) });
    await informer.whenSynced();
    const stored = informer.get('shop/a')!;
    expect(Object.keys(stored.metadata).sort()).toEqual(['name', 'namespace', 'resourceVersion', 'uid']);
    expect(Object.isFrozen(stored.metadata)).toBe(true);
  });

  it('finds by index', async () => {
    put('a', { labels: { app: 'x' } });
    put('b', { labels: { app: 'x' } });
    start({ indexers: { app: ({ metadata }) => [metadata.labels?.app ?? ''] } });
    await informer.whenSynced();
    expect(informer.byIndex('app', 'x')).toHaveLength(2);
    put('b', { labels: { app: 'y' } });
    await eventually(() => informer.byIndex('app', 'y').length === 1);
    expect(informer.byIndex('app', 'x').map(({ metadata }) => metadata.name)).toEqual(['a']);
  });

  it('tells handlers what is known, then what changes, and goes on when one of them throws', async () => {
    put('a');
    start();
    informer.onChange(() => {
      throw new Error('a careless handler');
    });
    const heard: string[] = [];
    const stop = informer.onChange((key, current, previous, isInitial) => {
      heard.push(`${key} ${previous ? 'had' : 'new'} ${current ? 'is' : 'gone'} ${isInitial}`);
    });
    await informer.whenSynced();
    put('a');
    server.remove(service, 'a', 'shop');
    await eventually(() => heard.length === 3);
    expect(heard).toEqual(['shop/a new is true', 'shop/a had is false', 'shop/a had gone false']);
    stop();
    put('b');
    await eventually(() => informer.size === 1);
    expect(heard).toHaveLength(3);
    const late: string[] = [];
    informer.onChange((key, _current, _previous, isInitial) => late.push(`${key} ${isInitial}`));
    expect(late).toEqual(['shop/b true']);
  });
});

describe('Informer when things break', () => {
  it('resumes after a lost connection at the last version, without listing again', async () => {
    put('a');
    start();
    await informer.whenSynced();
    server.cutConnections();
    await eventually(() => informer.state.kind === 'Stalled');
    expect(names()).toEqual(['a']);
    put('b');
    await eventually(() => informer.size === 2, { clock, stepMs: 100 });
    expect(informer.state.kind).toBe('Live');
    expect(server.requests.at(-1)!.query.sendInitialEvents).toBeUndefined();
  });

  it('resumes from a bookmark when no object changed for long', async () => {
    put('a');
    start();
    await informer.whenSynced();
    for (let turn = 0; turn < 5; turn += 1)
      server.put({ ...service, plural: 'others' }, { apiVersion: 'v1', kind: 'Other', metadata: { name: 'x' } });
    put('b');
    await eventually(() => informer.size === 2);
    server.bookmarkAll();
    await eventually(() => informer.resourceVersion === String(server.store.version));
    server.store.compact();
    server.cutConnections();
    await eventually(() => count('watch') === 2, { clock, stepMs: 100 });
    expect(server.requests.at(-1)!.query.resourceVersion).toBe(String(server.store.version));
  });

  it.each<[string, Fault]>([
    ['a 410 in the stream', { kind: 'gone', afterEvents: 0 }],
    ['a 410 as answer', { kind: 'status', code: 410, reason: 'Expired' }],
  ])('fetches all anew after %s, and learns of what was deleted meanwhile', async (_what, fault) => {
    put('a');
    put('b');
    start();
    await informer.whenSynced();
    faults(fault);
    server.cutConnections();
    await eventually(() => informer.state.kind === 'Stalled');
    server.remove(service, 'a', 'shop');
    server.store.compact();
    await eventually(() => names().join() === 'b', { clock, stepMs: 100 });
    expect(informer.state.kind).toBe('Live');
  });

  it('keeps what it knows when the state cannot be fetched anew', async () => {
    put('a');
    start();
    await informer.whenSynced();
    server.store.compact();
    server.faults = ({ verb }) => (verb === 'watch' ? { kind: 'end', afterEvents: 1 } : undefined);
    server.remove(service, 'a', 'shop');
    put('b');
    server.store.compact();
    server.faults = () => ({ kind: 'status', code: 500 });
    server.cutConnections();
    await eventually(() => count('watch') >= 4, { clock, stepMs: 1000 });
    expect(informer.state).toMatchObject({ kind: 'Stalled', error: { code: 'FLO2009' } });
    expect(informer.isSynced).toBe(true);
    expect(informer.get('shop/a') ?? informer.get('shop/b')).toBeDefined();
  });

  it('never takes half of the initial events for the state', async () => {
    put('a');
    put('b');
    faults({ kind: 'tear', afterEvents: 1 });
    start();
    await eventually(() => informer.state.kind === 'Stalled');
    expect(informer.isSynced).toBe(false);
    expect(informer.size).toBe(0);
    await eventually(() => informer.size === 2, { clock, stepMs: 100 });
  });

  it('never takes some pages for the state', async () => {
    server.offersWatchList = 'refused';
    for (let index = 0; index < 3; index += 1) put(`s${index}`);
    const small = { ...client, cluster: client.cluster } as KubeClient;
    Object.assign(small, {
      list: (kind: typeof service, options: object) => client.list(kind, { ...options, limitPerPage: 2 }),
      watchBatches: client.watchBatches.bind(client),
    });
    server.faults = ({ verb, query }) =>
      verb === 'list' && query.continue !== undefined && count('list') < 4 ? { kind: 'status', code: 500 } : undefined;
    start({ client: small });
    await eventually(() => count('list') === 2);
    expect(informer.size).toBe(0);
    await eventually(() => informer.size === 3, { clock, stepMs: 100 });
  });

  it('notices a half-open connection by its silence', async () => {
    put('a');
    faults(undefined, { kind: 'silence', afterEvents: 0 });
    start({ inactivityMs: 60_000 });
    await informer.whenSynced();
    server.cutConnections();
    await eventually(() => count('watch') === 2, { clock, stepMs: 100 });
    put('b');
    await eventually(() => informer.state.kind === 'Live');
    expect(informer.size).toBe(1);
    await clock.advance(60_000);
    await eventually(() => informer.state.kind === 'Stalled');
    await eventually(() => informer.size === 2, { clock, stepMs: 100 });
  });

  it('says when it may not read, and follows once it may', async () => {
    put('a');
    server.faults = () => ({ kind: 'status', code: 403, reason: 'Forbidden' });
    start();
    await eventually(() => informer.state.kind === 'Forbidden');
    expect(informer.state).toMatchObject({
      error: { code: 'FLO2002', message: expect.stringContaining('watching Service') },
    });
    const sinceMs = clock.nowMs();
    await eventually(() => count('watch') >= 3, { clock, stepMs: 500 });
    expect(informer.state).toMatchObject({ kind: 'Forbidden', sinceMs });
    server.faults = () => undefined;
    await eventually(() => informer.state.kind === 'Live', { clock, stepMs: 500 });
    expect(names()).toEqual(['a']);
  });

  it('leaves a busy server alone for as long as it asks', async () => {
    faults({ kind: 'status', code: 429, retryAfterSeconds: 20 });
    start();
    await eventually(() => informer.state.kind === 'Stalled');
    await clock.advance(19_000);
    expect(count('watch')).toBe(1);
    await clock.advance(1000);
    await informer.whenSynced();
  });

  it('waits longer and longer for a server that is gone, and never gives up', async () => {
    server.faults = () => ({ kind: 'status', code: 500 });
    start();
    await eventually(() => count('watch') >= 8, { clock, stepMs: 200 });
    const before = count('watch');
    await clock.advance(14_000); // half of 30 s, the longest wait with this randomness
    expect(count('watch') - before).toBeLessThanOrEqual(1);
    server.faults = () => undefined;
    await eventually(() => informer.state.kind === 'Live', { clock, stepMs: 1000 });
  });

  it('does not hammer a server that ends every watch at once', async () => {
    server.faults = ({ verb }) => (verb === 'watch' ? { kind: 'end', afterEvents: 1 } : undefined);
    start();
    await eventually(() => count('watch') >= 1);
    for (let second = 0; second < 60; second += 1) {
      await eventually(() => true);
      await clock.advance(1000);
    }
    expect(count('watch')).toBeLessThan(12);
  });

  it('can be waited for with an end', async () => {
    server.faults = () => ({ kind: 'hang' });
    start();
    const stop = new AbortController();
    const waiting = informer.whenSynced(stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'FLO2030' });
    const other = informer.whenSynced();
    await Promise.all([informer.stop(), expect(other).rejects.toMatchObject({ code: 'FLO2030' })]);
  });
});

describe('Informer audit', () => {
  it('counts what no event told, and repairs it', async () => {
    put('a');
    put('b');
    start({ auditIntervalMs: 1000 });
    await informer.whenSynced();
    server.faults = ({ verb }) => (verb === 'watch' ? { kind: 'silence', afterEvents: 0 } : undefined);
    server.cutConnections();
    await eventually(() => informer.state.kind === 'Stalled');
    await eventually(() => informer.state.kind === 'Live', { clock, stepMs: 100 });
    server.faults = () => undefined;
    put('c');
    put('a');
    server.remove(service, 'b', 'shop');
    await eventually(() => names().join() === 'a,c', { clock, stepMs: 500 });
    expect(informer.missedEvents).toBe(3);
    expect(informer.get('shop/a')).toEqual(server.list(service)[0]);
  });

  it('finds nothing wrong with news that is only late', async () => {
    put('a');
    start({ auditIntervalMs: 1000 });
    await informer.whenSynced();
    for (let turn = 0; turn < 20; turn += 1) {
      put(`s${turn}`);
      await clock.advance(700);
    }
    await eventually(() => count('list') > 2, { clock, stepMs: 500 });
    expect(informer.missedEvents).toBe(0);
  });
});
