import type { ContractWorld } from './contract-world';
import { bind } from './objects-contract';
import type { WatchLine } from './wire-client';

const seen = (events: readonly WatchLine[]): unknown[] =>
  events.map(({ type, object }) => [type, object.metadata?.name]);

/** Watches: order, resuming, selection, bookmarks, initial events, ends. */
export function watchContract(world: () => ContractWorld): void {
  /** A namespace of its own, so that nobody else's objects are seen. */
  const room = async (
    suffix: string,
  ): Promise<{ path: string; put: (name: string, labels?: Record<string, string>) => Promise<string> }> => {
    const { client } = world();
    const namespace = `${world().namespace}-${suffix}`;
    await world().makeNamespace(namespace);
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    const put = async (name: string, labels: Record<string, string> = {}): Promise<string> => {
      const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name, labels } };
      const { json } = await client.post(path, body);
      return json.metadata.resourceVersion ?? '';
    };
    return { path, put };
  };

  it('tells every change after a version, in order', async () => {
    const { client } = world();
    const { path, put } = await room('ordered');
    const { resourceVersion } = (await client.get(path)).json.metadata;
    await put('a');
    await client.patch(`${path}/a`, 'merge', { metadata: { labels: { x: 'y' } } });
    await client.delete(`${path}/a`);
    const watch = client.watch(`${path}?resourceVersion=${resourceVersion}`);
    const events = await client.take(watch, 3);
    expect(seen(events)).toEqual([
      ['ADDED', 'a'],
      ['MODIFIED', 'a'],
      ['DELETED', 'a'],
    ]);
    const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect([...versions].sort((left, right) => left - right)).toEqual(versions);
    expect(new Set(versions).size).toBe(3);
    const live = client.take(watch, 1);
    await put('b');
    expect(seen(await live)).toEqual([['ADDED', 'b']]);
    await watch.return(undefined);
  });

  it('resumes where it was', async () => {
    const { client } = world();
    const { path, put } = await room('resumed');
    await put('a');
    const second = await put('b');
    await put('c');
    const watch = client.watch(`${path}?resourceVersion=${second}`);
    expect(seen(await client.take(watch, 1))).toEqual([['ADDED', 'c']]);
    await watch.return(undefined);
  });

  it('begins with the state when it is told no version', async () => {
    const { client } = world();
    const { path, put } = await room('state');
    await put('a');
    await put('b');
    for (const query of ['', '?resourceVersion=0']) {
      const watch = client.watch(path + query);
      expect(seen(await client.take(watch, 2)).sort()).toEqual([
        ['ADDED', 'a'],
        ['ADDED', 'b'],
      ]);
      await watch.return(undefined);
    }
  });

  it('sends the initial state with a bookmark at its end', async () => {
    const { client } = world();
    const { path, put } = await room('initial');
    await put('a');
    const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = client.watch(`${path}?${query}`);
    const [added, bookmark] = await client.take(watch, 2, true);
    expect(seen([added!])).toEqual([['ADDED', 'a']]);
    expect(bookmark).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'Secret', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    expect(Number(bookmark?.object.metadata.resourceVersion)).toBeGreaterThanOrEqual(
      Number(added?.object.metadata.resourceVersion),
    );
    const live = client.take(watch, 1);
    await put('b');
    expect(seen(await live)).toEqual([['ADDED', 'b']]);
    await watch.return(undefined);
    expect((await client.get(`${path}?watch=1&sendInitialEvents=true`)).status).toBeGreaterThanOrEqual(400);
  });

  it('shows objects entering and leaving a selection', async () => {
    const { client } = world();
    const { path, put } = await room('selected');
    const watch = client.watch(`${path}?labelSelector=${encodeURIComponent('on=yes')}`);
    const next = client.take(watch, 4);
    await put('a', { on: 'no' });
    await put('b', { on: 'yes' });
    await client.patch(`${path}/a`, 'merge', { metadata: { labels: { on: 'yes' } } });
    await client.patch(`${path}/b`, 'merge', { metadata: { labels: { on: 'no' } } });
    await client.delete(`${path}/b`);
    await client.delete(`${path}/a`);
    expect(seen(await next)).toEqual([
      ['ADDED', 'b'],
      ['ADDED', 'a'],
      ['DELETED', 'b'],
      ['DELETED', 'a'],
    ]);
    await watch.return(undefined);
  });

  it('watches one object by its name', async () => {
    const { client } = world();
    const { path, put } = await room('named');
    await put('a');
    const watch = client.watch(`${path}?fieldSelector=metadata.name%3Db`);
    const next = client.take(watch, 2);
    await put('b');
    await client.patch(`${path}/a`, 'merge', { metadata: { labels: { x: 'y' } } });
    await client.delete(`${path}/b`);
    expect(seen(await next)).toEqual([
      ['ADDED', 'b'],
      ['DELETED', 'b'],
    ]);
    await watch.return(undefined);
  });

  it('ends when its time is over', async () => {
    const { client } = world();
    const { path } = await room('timed');
    const startedMs = Date.now();
    const watch = client.watch(`${path}?timeoutSeconds=1`);
    expect(await client.take(watch, 1)).toEqual([]);
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(900);
  });

  it('watches all namespaces, and custom kinds in every version', async () => {
    const { client, widgets } = bind(world());
    const { resourceVersion } = (await client.get(widgets())).json.metadata;
    await world().stored('watched-everywhere', { text: 'a' });
    const watch = client.watch(`/apis/contract.example.com/v1beta1/widgets?resourceVersion=${resourceVersion}`);
    const [event] = await client.take(watch, 1);
    expect(event).toMatchObject({
      type: 'ADDED',
      object: { apiVersion: 'contract.example.com/v1beta1', metadata: { name: 'watched-everywhere' } },
    });
    await watch.return(undefined);
  });

  it('watches Events in both of their groups, each in its own form', async () => {
    const { client } = world();
    const { path } = await room('events');
    const namespace = `${world().namespace}-events`;
    const core = path.replace(/secrets$/, 'events');
    const grouped = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
    const { resourceVersion } = (await client.get(core)).json.metadata;
    const watches = [core, grouped].map((events) => client.watch(`${events}?resourceVersion=${resourceVersion}`));
    const lines = Promise.all(watches.map((watch) => client.take(watch, 1)));
    const involvedObject = { apiVersion: 'v1', kind: 'ConfigMap', name: 'seen', namespace };
    const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'noticed' }, involvedObject, message: 'look' };
    expect((await client.post(core, event)).status).toBe(201);
    expect(await lines).toMatchObject([
      [{ type: 'ADDED', object: { apiVersion: 'v1', involvedObject, message: 'look' } }],
      [{ type: 'ADDED', object: { apiVersion: 'events.k8s.io/v1', regarding: involvedObject, note: 'look' } }],
    ]);
    for (const watch of watches) await watch.return(undefined);
  });

  it('sends a state of many megabytes to a reader who takes his time, and the news after it', async () => {
    const { client } = world();
    const { path, put } = await room('large');
    const names = Array.from({ length: 42 }, (_none, index) => `large-${10 + index}`);
    const data = { blob: Buffer.alloc(340_000, 'x').toString('base64') };
    for (const name of names) await client.post(path, { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data });
    const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = client.watch(`${path}?${query}`);
    const first = await client.take(watch, 1);
    const version = Number(await put('news'));
    const events = [...first, ...(await client.take(watch, names.length + 1, true))];
    const end = events[names.length];
    expect(seen(events)).toEqual([...names.map((name) => ['ADDED', name]), ['BOOKMARK', undefined], ['ADDED', 'news']]);
    expect(end?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    expect(Number(end?.object.metadata.resourceVersion)).toBeLessThan(version);
    await watch.return(undefined);
  });

  it('sends Tables to who wants them', async () => {
    const { client, widgets } = bind(world());
    await world().stored('watched-table', { size: 'large' });
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const watch = client.watch(`${widgets()}?fieldSelector=metadata.name%3Dwatched-table`, accept);
    const [event] = await client.take(watch, 1);
    expect(event).toMatchObject({
      type: 'ADDED',
      object: { kind: 'Table', rows: [{ cells: ['watched-table', 'large', 1] }] },
    });
    await watch.return(undefined);
  });
}
