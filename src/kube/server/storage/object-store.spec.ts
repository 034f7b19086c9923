import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { silentLogger } from '../../../kernel';
import type { KubeObject } from '../../schema';
import { ObjectStore, type StoreLimits } from './object-store';
import type { StoreEvent } from './event-ring';
import { recover } from './recover';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (path = folder, limits: Partial<StoreLimits> = {}): Promise<ObjectStore> =>
  ObjectStore.open(path, silentLogger, limits);

const keyOf = (name: string, namespace = 'shop') => ({ resource: 'configmaps', namespace, name });

const config = (name: string, value: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, labels: { value } },
  data: { value },
});

/** Puts or deletes by name, whatever is there. */
async function set(store: ObjectStore, name: string, value: string | undefined): Promise<void> {
  const expectedRevision = store.head(keyOf(name))?.revision ?? 0;
  if (value !== undefined) await store.commit({ key: keyOf(name), expectedRevision, object: config(name, value) });
  else if (expectedRevision > 0) await store.commit({ key: keyOf(name), expectedRevision });
}

function contentOf(store: ObjectStore): Record<string, string> {
  const { objects } = store.table('configmaps').list();
  return Object.fromEntries(
    objects.map((object) => [object.key.name, String((object.parse().data as { value: string }).value)]),
  );
}

const onlyLog = (path = folder): string =>
  join(
    path,
    readdirSync(path)
      .filter((name) => name.startsWith('log-'))
      .at(-1)!,
  );

describe('ObjectStore', () => {
  it('gives every change the next revision and stamps it on the object', async () => {
    const store = await open();
    const first = await store.commit({ key: keyOf('a'), expectedRevision: 0, object: config('a', '1') });
    const second = await store.commit({ key: keyOf('a'), expectedRevision: first.revision, object: config('a', '2') });
    const gone = await store.commit({ key: keyOf('a'), expectedRevision: second.revision });
    expect([first, second, gone].map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(second.parse().metadata.resourceVersion).toBe('2');
    expect(gone.parse()).toMatchObject({ metadata: { resourceVersion: '3' }, data: { value: '2' } });
    expect(store.get(keyOf('a'))).toBeUndefined();
    await store.close();
  });

  it('decides against the newest state, also while it is not durable yet', async () => {
    const store = await open();
    const create = (): Promise<unknown> =>
      store.commit({ key: keyOf('a'), expectedRevision: 0, object: config('a', '1') });
    const [first, second] = await Promise.allSettled([create(), create()]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'FLO2254', foundRevision: 1 } });
    await store.close();
  });

  it('shows a change to nobody before it is durable', async () => {
    const store = await open();
    const seen: StoreEvent[] = [];
    store.table('configmaps').subscribe((event) => seen.push(event));
    const writing = set(store, 'a', '1');
    expect(store.get(keyOf('a'))).toBeUndefined();
    expect(store.head(keyOf('a'))?.revision).toBe(1);
    expect(readFileSync(onlyLog()).length).toBe(0);
    await writing;
    expect(seen.map(({ type, revision }) => [type, revision])).toEqual([['ADDED', 1]]);
    expect(readFileSync(onlyLog(), 'utf8')).toContain('configmaps\tshop\ta\t{');
    await store.close();
  });

  it('writes what waits in groups', async () => {
    const store = await open();
    await Promise.all(Array.from({ length: 200 }, (_, index) => set(store, `n${index}`, '1')));
    const barriers = readFileSync(onlyLog(), 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('\tB'));
    expect(barriers.length).toBeLessThan(10);
    expect(store.table('configmaps').size).toBe(200);
    await store.close();
  });

  it('has everything again after a restart, and goes on counting', async () => {
    const store = await open();
    await set(store, 'a', '1');
    await set(store, 'b', '2');
    await set(store, 'a', undefined);
    await store.close();
    const again = await open();
    expect(contentOf(again)).toEqual({ b: '2' });
    expect(again.revision).toBe(3);
    expect(
      again
        .table('configmaps')
        .eventsAfter(1)
        .map(({ type }) => type),
    ).toEqual(['ADDED', 'DELETED']);
    await set(again, 'c', '3');
    expect(again.revision).toBe(4);
    await again.close();
  });

  it('has objects of any name again after a restart, from its log and from a snapshot', async () => {
    const names = ['a\nb', '\ta', '\n', 'a b', 'a%0Ab', '100%', 'größe'];
    for (const limits of [{}, { compactLogBytes: 1 }]) {
      const path = join(folder, JSON.stringify(limits));
      const store = await open(path, limits);
      for (const name of names) await set(store, name, '1');
      await set(store, 'a\nb', undefined);
      await store.close();
      const again = await open(path);
      expect(Object.keys(contentOf(again)).sort()).toEqual(names.slice(1).sort());
      await again.close();
    }
  });

  it('lists a namespace in order, in pages, and as it was', async () => {
    const store = await open();
    for (const namespace of ['b', 'a', 'a-b']) {
      for (const name of ['y', 'x']) {
        const object = { ...config(name, '1'), metadata: { name, namespace, uid: `${namespace}/${name}` } };
        await store.commit({ key: keyOf(name, namespace), expectedRevision: 0, object });
      }
    }
    const table = store.table('configmaps');
    expect(table.list().objects.map(({ path }) => path)).toEqual(['a-b/x', 'a-b/y', 'a/x', 'a/y', 'b/x', 'b/y']);
    expect(table.list({ namespace: 'a' }).objects.map(({ path }) => path)).toEqual(['a/x', 'a/y']);
    const page = table.list({ after: 'a-b/y', limit: 3 });
    expect(page.objects.map(({ path }) => path)).toEqual(['a/x', 'a/y', 'b/x']);
    expect(page.remaining).toBe(1);
    const { revision } = store;
    await store.commit({ key: keyOf('x', 'a'), expectedRevision: table.get('a/x')!.revision });
    await store.commit({ key: keyOf('z', 'a'), expectedRevision: 0, object: config('z', '1') });
    expect(table.listAt(revision, { namespace: 'a' }).objects.map(({ path }) => path)).toEqual(['a/x', 'a/y']);
    expect(table.list({ namespace: 'a' }).objects.map(({ path }) => path)).toEqual(['a/y', 'a/z']);
    await store.close();
  });

  it('forgets the oldest events and says so', async () => {
    const store = await open(folder, { maxEventsPerResource: 3 });
    for (let index = 0; index < 6; index += 1) await set(store, 'a', String(index));
    const table = store.table('configmaps');
    expect(table.eventsAfter(3).map(({ revision }) => revision)).toEqual([4, 5, 6]);
    expect(() => table.eventsAfter(2)).toThrow('too old resource version: 2 (3)');
    await store.close();
  });

  it('compacts: a snapshot and a short log instead of a long one, with the same content', async () => {
    const store = await open(folder, { compactLogBytes: 2_000 });
    for (let index = 0; index < 50; index += 1) await set(store, `n${index % 5}`, String(index));
    await store.settled();
    const names = readdirSync(folder).filter((name) => /^(log|snapshot)-/.test(name));
    expect(names.filter((name) => name.startsWith('snapshot-'))).toHaveLength(1);
    const content = contentOf(store);
    await store.close();
    const again = await open(folder, { compactLogBytes: 2_000 });
    expect(contentOf(again)).toEqual(content);
    expect(again.revision).toBe(50);
    expect(() => again.table('configmaps').eventsAfter(1)).toThrow('too old resource version');
    await again.close();
  });

  it('belongs to one process at a time, and to nobody when that is gone', async () => {
    const store = await open();
    await expect(open()).rejects.toMatchObject({ code: 'FLO2250' });
    await store.close();
    const gone = { token: 'x', pid: 999_999_999, host: 'elsewhere', bootId: '', startTicks: '' };
    writeFileSync(join(folder, 'lock'), JSON.stringify(gone));
    await expect(open()).rejects.toMatchObject({ code: 'FLO2250' });
    const { hostname } = await import('node:os');
    writeFileSync(join(folder, 'lock'), JSON.stringify({ ...gone, host: hostname() }));
    await (await open()).close();
    expect(readdirSync(folder).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  it('refuses a log that is damaged where it had been durable', async () => {
    const store = await open();
    for (const name of ['a', 'b', 'c']) await set(store, name, '1');
    await store.close();
    const bytes = readFileSync(onlyLog());
    bytes[20] = bytes[20]! ^ 1;
    writeFileSync(onlyLog(), bytes);
    await expect(open()).rejects.toMatchObject({ code: 'FLO2251' });
  });

  it('gives up a torn end, whatever stands in it', async () => {
    const store = await open();
    for (const name of ['a', 'b']) await set(store, name, '1');
    await store.close();
    appendFileSync(onlyLog(), 'no record\n\0\xff\nP\t');
    const again = await open();
    expect(contentOf(again)).toEqual({ a: '1', b: '1' });
    await set(again, 'c', '1');
    await again.close();
    const third = await open();
    expect(contentOf(third)).toEqual({ a: '1', b: '1', c: '1' });
    await third.close();
  });
});

describe('recovery from a log cut at any byte', () => {
  const value = fc.option(fc.string({ maxLength: 20, unit: 'grapheme' }), { nil: undefined });
  const change = fc.record({ name: fc.constantFrom('a', 'b', 'c'), value });

  it('has exactly the changes that were whole, in order', async () => {
    const check = async (changes: readonly { name: string; value: string | undefined }[]): Promise<void> => {
      const path = mkdtempSync(join(folder, 'cut-'));
      const store = await open(path);
      const states = [contentOf(store)];
      const lengths = [0];
      for (const one of changes) {
        await set(store, one.name, one.value);
        states.push(contentOf(store));
        lengths.push(readFileSync(onlyLog(path)).length);
      }
      await store.close();
      const log = onlyLog(path);
      // From the end to the start, each cut shortens the same file by one byte.
      for (let cut = lengths.at(-1)!; cut >= 0; cut -= 1) {
        truncateSync(log, cut);
        const whole = lengths.findLastIndex((length) => length <= cut);
        expect(await recoveredContent(path)).toEqual(states[whole]);
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), check), { numRuns: 6 });
  }, 60_000);

  it('goes on writing after any cut, and reads that back too', async () => {
    for (const share of [0.1, 0.35, 0.6, 0.85]) {
      const path = mkdtempSync(join(folder, 'go-on-'));
      const store = await open(path);
      for (const name of ['a', 'b', 'c']) await set(store, name, 'old');
      await store.close();
      truncateSync(onlyLog(path), Math.floor(readFileSync(onlyLog(path)).length * share));
      const cut = await open(path);
      await set(cut, 'd', 'new');
      const content = contentOf(cut);
      await cut.close();
      expect(await recoveredContent(path)).toEqual(content);
    }
  });

  async function recoveredContent(path: string): Promise<Record<string, string>> {
    const content: Record<string, string> = {};
    await recover(path, {
      restore: () => undefined,
      startAt: () => undefined,
      change(record) {
        if (record.kind === 'delete') delete content[record.key.name];
        else content[record.key.name] = (JSON.parse(record.json.toString()) as { data: { value: string } }).data.value;
      },
    });
    return content;
  }
});
