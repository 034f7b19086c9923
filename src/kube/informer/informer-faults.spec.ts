import type { KubeClient } from '../client/kube-client';
import { coreKinds } from '../schema';
import type { Fault } from '../testing/fault';
import { eventually } from '../testing/eventually';
import { InformerWorld } from '../testing/informer-world';

const { service } = coreKinds;
let world: InformerWorld;

beforeEach(async () => {
  world = await InformerWorld.open();
});

afterEach(async () => {
  await world.close();
  expect(world.clock.pending).toBe(0);
});

describe('Informer when things break', () => {
  it('resumes after a lost connection at the last version, without listing again', async () => {
    world.put('a');
    world.start();
    await world.informer.whenSynced();
    world.server.cutConnections();
    await eventually(() => world.informer.state.kind === 'Stalled');
    expect(world.names()).toBe('a');
    world.put('b');
    await eventually(() => world.informer.size === 2, { clock: world.clock, stepMs: 100 });
    expect(world.informer.state.kind).toBe('Live');
    expect(world.server.requests.at(-1)!.query.sendInitialEvents).toBeUndefined();
  });

  it('resumes from a bookmark when no object changed for long', async () => {
    world.put('a');
    world.start();
    await world.informer.whenSynced();
    for (let turn = 0; turn < 5; turn += 1)
      world.server.put({ ...service, plural: 'others' }, { apiVersion: 'v1', kind: 'Other', metadata: { name: 'x' } });
    world.put('b');
    await eventually(() => world.informer.size === 2);
    world.server.bookmarkAll();
    await eventually(() => world.informer.resourceVersion === String(world.server.store.version));
    world.server.store.compact();
    world.server.cutConnections();
    await eventually(() => world.count('watch') === 2, { clock: world.clock, stepMs: 100 });
    expect(world.server.requests.at(-1)!.query.resourceVersion).toBe(String(world.server.store.version));
  });

  it.each<[string, Fault]>([
    ['a 410 in the stream', { kind: 'gone', afterEvents: 0 }],
    ['a 410 as answer', { kind: 'status', code: 410, reason: 'Expired' }],
  ])('fetches all anew after %s, and learns of what was deleted meanwhile', async (_what, fault) => {
    world.put('a');
    world.put('b');
    world.start();
    await world.informer.whenSynced();
    world.faults(fault);
    world.server.cutConnections();
    await eventually(() => world.informer.state.kind === 'Stalled');
    world.remove('a');
    world.server.store.compact();
    await eventually(() => world.names() === 'b', { clock: world.clock, stepMs: 100 });
    expect(world.informer.state.kind).toBe('Live');
  });

  it('keeps what it knows when the state cannot be fetched anew', async () => {
    world.put('a');
    world.start();
    await world.informer.whenSynced();
    world.server.store.compact();
    world.server.faults = ({ verb }) => (verb === 'watch' ? { kind: 'end', afterEvents: 1 } : undefined);
    world.remove('a');
    world.put('b');
    world.server.store.compact();
    world.server.faults = () => ({ kind: 'status', code: 500 });
    world.server.cutConnections();
    await eventually(() => world.count('watch') >= 4, { clock: world.clock, stepMs: 1000 });
    expect(world.informer.state).toMatchObject({ kind: 'Stalled', error: { code: 'FLO2009' } });
    expect(world.informer.isSynced).toBe(true);
    expect(world.informer.get('shop/a') ?? world.informer.get('shop/b')).toBeDefined();
  });

  it('never takes half of the initial events for the state', async () => {
    world.put('a');
    world.put('b');
    world.faults({ kind: 'tear', afterEvents: 1 });
    world.start();
    await eventually(() => world.informer.state.kind === 'Stalled');
    expect(world.informer.isSynced).toBe(false);
    expect(world.informer.size).toBe(0);
    await eventually(() => world.informer.size === 2, { clock: world.clock, stepMs: 100 });
  });

  it('says so when the server ends the initial events early', async () => {
    world.put('a');
    world.put('b');
    world.faults({ kind: 'end', afterEvents: 1 });
    world.start();
    await eventually(() => world.informer.state.kind === 'Stalled');
    expect([world.informer.isSynced, world.informer.size]).toEqual([false, 0]);
  });

  it('never takes some pages for the state', async () => {
    world.server.offersWatchList = 'refused';
    for (let index = 0; index < 3; index += 1) world.put(`s${index}`);
    const { client } = world;
    const small: Pick<KubeClient, 'cluster' | 'list' | 'watchBatches'> = {
      cluster: client.cluster,
      list: (kind, options) => client.list(kind, { ...options, limitPerPage: 2 }),
      watchBatches: (kind, options) => client.watchBatches(kind, options),
    };
    world.server.faults = ({ verb, query }) =>
      verb === 'list' && query.continue !== undefined && world.count('list') < 4
        ? { kind: 'status', code: 500 }
        : undefined;
    world.start({ client: small });
    await eventually(() => world.count('list') === 2);
    expect(world.informer.size).toBe(0);
    await eventually(() => world.informer.size === 3, { clock: world.clock, stepMs: 100 });
  });

  it('notices a half-open connection by its silence', async () => {
    world.put('a');
    world.faults(undefined, { kind: 'silence', afterEvents: 0 });
    world.start({ inactivityMs: 60_000 });
    await world.informer.whenSynced();
    world.server.cutConnections();
    await eventually(() => world.count('watch') === 2, { clock: world.clock, stepMs: 100 });
    world.put('b');
    await eventually(() => world.informer.state.kind === 'Live');
    expect(world.informer.size).toBe(1);
    await world.clock.advance(60_000);
    await eventually(() => world.informer.state.kind === 'Stalled');
    await eventually(() => world.informer.size === 2, { clock: world.clock, stepMs: 100 });
  });

  it('says when it may not read, and follows once it may', async () => {
    world.put('a');
    world.server.faults = () => ({ kind: 'status', code: 403, reason: 'Forbidden' });
    world.start();
    await eventually(() => world.informer.state.kind === 'Forbidden');
    expect(world.informer.state).toMatchObject({
      error: { code: 'FLO2002', message: expect.stringContaining('watching Service') },
    });
    const sinceMs = world.clock.nowMs();
    await eventually(() => world.count('watch') >= 3, { clock: world.clock, stepMs: 500 });
    expect(world.informer.state).toMatchObject({ kind: 'Forbidden', sinceMs });
    world.server.faults = () => undefined;
    await eventually(() => world.informer.state.kind === 'Live', { clock: world.clock, stepMs: 500 });
    expect(world.names()).toBe('a');
  });

  it('leaves a busy server alone for as long as it asks', async () => {
    world.faults({ kind: 'status', code: 429, retryAfterSeconds: 20 });
    world.start();
    await eventually(() => world.informer.state.kind === 'Stalled');
    await world.clock.advance(19_000);
    expect(world.count('watch')).toBe(1);
    await world.clock.advance(1000);
    await world.informer.whenSynced();
  });

  it('comes back in minutes when it is asked to stay away for days', async () => {
    world.faults({ kind: 'status', code: 429, retryAfterSeconds: 1_000_000 });
    world.start();
    await eventually(() => world.informer.state.kind === 'Stalled');
    await world.clock.advance(5 * 60_000);
    await world.informer.whenSynced();
  });

  it('waits longer and longer for a server that is gone, and never gives up', async () => {
    world.server.faults = () => ({ kind: 'status', code: 500 });
    world.start();
    await eventually(() => world.count('watch') >= 8, { clock: world.clock, stepMs: 200 });
    const before = world.count('watch');
    await world.clock.advance(14_000); // half of 30 s, the longest wait with this randomness
    expect(world.count('watch') - before).toBeLessThanOrEqual(1);
    world.server.faults = () => undefined;
    await eventually(() => world.informer.state.kind === 'Live', { clock: world.clock, stepMs: 1000 });
  });

  it('does not hammer a server that ends every watch at once', async () => {
    world.server.faults = ({ verb }) => (verb === 'watch' ? { kind: 'end', afterEvents: 1 } : undefined);
    world.start();
    await eventually(() => world.count('watch') >= 1);
    for (let second = 0; second < 60; second += 1) {
      await eventually(() => true);
      await world.clock.advance(1000);
    }
    expect(world.count('watch')).toBeLessThan(12);
  });

  it('can be waited for with an end', async () => {
    world.server.faults = () => ({ kind: 'hang' });
    world.start();
    const stop = new AbortController();
    const waiting = world.informer.whenSynced(stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'FLO2030' });
    const other = world.informer.whenSynced();
    await Promise.all([world.informer.stop(), expect(other).rejects.toMatchObject({ code: 'FLO2030' })]);
  });
});
