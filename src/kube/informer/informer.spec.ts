import { coreKinds } from '../schema';
import { eventually } from '../testing/eventually';
import { InformerWorld } from '../testing/informer-world';

let world: InformerWorld;

beforeEach(async () => {
  world = await InformerWorld.open();
});

afterEach(async () => {
  await world.close();
  expect(world.clock.pending).toBe(0);
});

describe('Informer', () => {
  it('streams the initial state, then follows changes and deletions', async () => {
    world.put('a');
    world.put('b');
    world.start();
    await world.informer.whenSynced();
    expect(world.names()).toBe('a,b');
    expect(world.informer.state.kind).toBe('Live');
    world.put('c');
    world.remove('a');
    await eventually(() => world.names() === 'b,c');
    expect([world.count('list'), world.count('watch')]).toEqual([0, 1]);
    expect(world.server.requests[0]!.query).toMatchObject({
      allowWatchBookmarks: 'true',
      resourceVersionMatch: 'NotOlderThan',
    });
  });

  it.each(['refused', 'ignored'] as const)('lists pages where WatchList is %s', async (offers) => {
    world.server.offersWatchList = offers;
    for (let index = 0; index < 5; index += 1) world.put(`s${index}`);
    world.start();
    if (offers === 'ignored') {
      await eventually(() => world.server.openWatches === 1);
      world.server.bookmarkAll(); // a server that does not know the parameter sends an ordinary bookmark
    }
    await world.informer.whenSynced();
    expect(world.informer.size).toBe(5);
    world.put('later');
    await eventually(() => world.informer.size === 6);
    expect([world.count('list'), world.count('watch')]).toEqual([1, 2]);
  });

  it('lists for once when the initial events never end', async () => {
    world.server.offersWatchList = 'ignored';
    world.put('a');
    world.start();
    await eventually(() => world.server.openWatches === 1 && world.clock.pending >= 2);
    await world.clock.advance(90_000);
    await world.informer.whenSynced();
    expect(world.names()).toBe('a');
  });

  it('stays live through the silence between two bookmarks of a quiet kind', async () => {
    world.put('a');
    world.start();
    await world.informer.whenSynced();
    await world.clock.advance(60_000);
    expect(world.informer.state.kind).toBe('Live');
    expect(world.count('watch')).toBe(1);
  });

  it('takes a quiet minute for peace, and asks again only when not even bookmarks come', async () => {
    world.start();
    await world.informer.whenSynced();
    await world.clock.advance(80_000);
    expect([world.informer.state.kind, world.count('watch')]).toEqual(['Live', 1]);
    world.server.put(
      { ...coreKinds.service, plural: 'others' },
      { apiVersion: 'v1', kind: 'Other', metadata: { name: 'x' } },
    );
    world.server.bookmarkAll();
    await eventually(() => world.informer.resourceVersion === String(world.server.store.version));
    await world.clock.advance(89_000);
    expect(world.informer.state.kind).toBe('Live');
    await world.clock.advance(1000);
    await eventually(() => world.informer.state.kind === 'Stalled');
    await eventually(() => world.informer.state.kind === 'Live', { clock: world.clock, stepMs: 100 });
  });

  it('selects at the server', async () => {
    world.put('a', { labels: { app: 'a' } });
    world.put('b');
    world.put('a', { labels: { app: 'a' } }, 'bank');
    world.start({ namespace: 'shop', labelSelector: 'app=a' });
    await world.informer.whenSynced();
    world.put('c', { labels: { app: 'a' } });
    await eventually(() => world.informer.size === 2);
    expect(world.informer.get('shop/a')).toBeDefined();
    expect(world.server.requests[0]).toMatchObject({
      path: '/api/v1/namespaces/shop/services',
      query: { labelSelector: 'app=a' },
    });
  });

  it('stores frozen objects without managed fields, as the transform leaves them', async () => {
    world.put('a', { managedFields: [{ manager: 'x' }], annotations: { note: 'long' } });
    world.start({
      transform: ({ metadata: { annotations: _dropped, ...metadata }, ...rest }) => ({ ...rest, metadata }),
    });
    await world.informer.whenSynced();
    const stored = world.informer.get('shop/a')!;
    expect(Object.keys(stored.metadata).sort()).toEqual(['name', 'namespace', 'resourceVersion', 'uid']);
    expect(Object.isFrozen(stored.metadata)).toBe(true);
  });

  it('finds by index', async () => {
    world.put('a', { labels: { app: 'x' } });
    world.put('b', { labels: { app: 'x' } });
    world.start({ indexers: { app: ({ metadata }) => [metadata.labels?.app ?? ''] } });
    await world.informer.whenSynced();
    expect(world.informer.byIndex('app', 'x')).toHaveLength(2);
    world.put('b', { labels: { app: 'y' } });
    await eventually(() => world.informer.byIndex('app', 'y').length === 1);
    expect(world.informer.byIndex('app', 'x').map(({ metadata }) => metadata.name)).toEqual(['a']);
  });

  it('tells handlers what is known, then what changes, and goes on when one of them throws', async () => {
    world.put('a');
    world.start();
    world.informer.onChange(() => {
      throw new Error('a careless handler');
    });
    const heard: string[] = [];
    const stop = world.informer.onChange((key, current, previous, isInitial) => {
      heard.push(`${key} ${previous ? 'had' : 'new'} ${current ? 'is' : 'gone'} ${isInitial}`);
    });
    await world.informer.whenSynced();
    world.put('a');
    world.remove('a');
    await eventually(() => heard.length === 3);
    expect(heard).toEqual(['shop/a new is true', 'shop/a had is false', 'shop/a had gone false']);
    stop();
    world.put('b');
    await eventually(() => world.informer.size === 1);
    expect(heard).toHaveLength(3);
    const late: string[] = [];
    world.informer.onChange((key, _current, _previous, isInitial) => late.push(`${key} ${isInitial}`));
    expect(late).toEqual(['shop/b true']);
  });
});

describe('Informer audit', () => {
  it('counts what no event told, and repairs it', async () => {
    world.put('a');
    world.put('b');
    world.start({ auditIntervalMs: 1000 });
    await world.informer.whenSynced();
    world.server.faults = ({ verb }) => (verb === 'watch' ? { kind: 'silence', afterEvents: 0 } : undefined);
    world.server.cutConnections();
    await eventually(() => world.informer.state.kind === 'Stalled');
    await eventually(() => world.informer.state.kind === 'Live', { clock: world.clock, stepMs: 100 });
    world.server.faults = () => undefined;
    world.put('c');
    world.put('a');
    world.remove('b');
    await eventually(() => world.names() === 'a,c', { clock: world.clock, stepMs: 500 });
    expect(world.informer.missedEvents).toBe(3);
    expect(world.informer.get('shop/a')).toEqual(world.server.list(coreKinds.service)[0]);
  });

  it('finds nothing wrong with news that is only late', async () => {
    world.put('a');
    world.start({ auditIntervalMs: 1000 });
    await world.informer.whenSynced();
    for (let turn = 0; turn < 20; turn += 1) {
      world.put(`s${turn}`);
      await world.clock.advance(700);
    }
    await eventually(() => world.count('list') > 2, { clock: world.clock, stepMs: 500 });
    expect(world.informer.missedEvents).toBe(0);
  });

  it('fetches all anew when the storage of the server was restored to an earlier state', async () => {
    world.put('a');
    world.put('b');
    for (let turn = 0; turn < 5; turn += 1) world.put('b');
    world.start({ auditIntervalMs: 1000 });
    await world.informer.whenSynced();
    world.server.store.restore(3);
    expect(world.server.list(coreKinds.service)).toHaveLength(2);
    await eventually(() => world.informer.get('shop/b')?.metadata.resourceVersion === '3', {
      clock: world.clock,
      stepMs: 500,
    });
    world.put('c');
    await eventually(() => world.names() === 'a,b,c', { clock: world.clock, stepMs: 500 });
  });
});
