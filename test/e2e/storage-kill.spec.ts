import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compileSources } from '../tools/compile-sources';

const KILLS = 200;
const WRITERS = 8;

jest.setTimeout(240_000);

/** Writes numbers under a few names, as fast as it can; says what it found at the start and every number that is durable. */
const WRITER = `
const { writeSync } = require('node:fs');
const [source, folder] = process.argv.slice(2);
const { ObjectStore } = require(source + '/kube/server/storage');
const { silentLogger } = require(source + '/kernel');
const say = (value) => writeSync(1, JSON.stringify(value) + '\\n');
const keyOf = (name) => ({ resource: 'configmaps', namespace: 'shop', name });
async function write(store, name) {
  for (let count = Number(store.head(keyOf(name))?.parse().data.count ?? 0) + 1; ; count += 1) {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data: { count, filler: 'x'.repeat(200) } };
    await store.commit({ key: keyOf(name), expectedRevision: store.head(keyOf(name))?.revision ?? 0, object });
    say({ durable: [name, count] });
  }
}
ObjectStore.open(folder, silentLogger, { compactLogBytes: 200000 }).then((store) => {
  const found = store.table('configmaps').list().objects.map((object) => [object.key.name, object.parse().data.count]);
  say({ found: Object.fromEntries(found), revision: store.revision });
  for (let index = 0; index < ${WRITERS}; index += 1) void write(store, 'n' + index);
}).catch((error) => { say({ error: error.message }); process.exit(1); });
`;

interface Message {
  readonly found?: Record<string, number>;
  readonly durable?: readonly [string, number];
  readonly error?: string;
}

describe('the store under kill -9', () => {
  const folder = mkdtempSync(join(tmpdir(), 'killed-'));
  const source = compileSources('kernel', 'kube/schema', 'kube/server/storage');
  const script = join(folder, 'writer.cjs');

  beforeAll(() => writeFileSync(script, WRITER));

  afterAll(() => {
    rmSync(folder, { recursive: true });
    rmSync(source, { recursive: true });
  });

  it(`loses nothing that was durable, ${KILLS} times`, async () => {
    const durable = new Map<string, number>();
    let writes = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { found, acknowledged } = await runUntilKilled((kill * 37) % 150);
      for (const [name, count] of durable) {
        // One write of each name may have become durable without anybody having heard of it.
        expect([count, count + 1]).toContain(found[name]);
      }
      for (const [name, count] of Object.entries(found)) durable.set(name, count);
      for (const [name, count] of acknowledged) durable.set(name, count);
      writes += acknowledged.length;
    }
    expect(writes).toBeGreaterThan(KILLS);
  });

  /** Runs a writer, kills it after so many acknowledged writes, and tells what it found and what it acknowledged. */
  async function runUntilKilled(
    afterWrites: number,
  ): Promise<{ found: Record<string, number>; acknowledged: (readonly [string, number])[] }> {
    const child: ChildProcess = spawn(process.execPath, [script, source, join(folder, 'data')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const acknowledged: (readonly [string, number])[] = [];
    let found: Record<string, number> | undefined;
    for await (const line of createInterface({ input: child.stdout! })) {
      const message = JSON.parse(line) as Message;
      if (message.error !== undefined) throw new Error(message.error);
      found ??= message.found;
      if (message.durable !== undefined) acknowledged.push(message.durable);
      if (acknowledged.length >= afterWrites) child.kill('SIGKILL');
    }
    await ended;
    return { found: found ?? {}, acknowledged };
  }
});
