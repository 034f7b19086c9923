import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { KubeClient, parseKubeconfig } from '../../src/kube';
import { coreKinds, type KubeObject } from '../../src/kube/schema';
import { compileSources } from '../tools/compile-sources';

const KILLS = 10;

jest.setTimeout(120_000);

const SERVER = `
const [source, folder] = process.argv.slice(2);
const { startApiServer } = require(source + '/kube/server');
startApiServer({ dataDir: folder }).then((server) => console.log(JSON.stringify(server.kubeconfig())));
`;

const config = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { name },
});

describe('the API server under kill -9', () => {
  const folder = mkdtempSync(join(tmpdir(), 'killed-server-'));
  const source = compileSources('kernel', 'kube');
  const script = join(folder, 'server.cjs');

  beforeAll(() => writeFileSync(script, SERVER));

  afterAll(() => {
    rmSync(folder, { recursive: true });
    rmSync(source, { recursive: true });
  });

  /** A server process, and a client of it. */
  async function start(): Promise<{ child: ChildProcess; client: KubeClient }> {
    const child = spawn(process.execPath, [script, source, join(folder, 'data')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      return {
        child,
        client: new KubeClient(parseKubeconfig(JSON.parse(line) as string, undefined, { untrusted: true })),
      };
    }
    throw new Error('the server did not start');
  }

  it('has every object whose creation it answered, and keeps its identity', async () => {
    const answered = new Set<string>();
    let version = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { child, client } = await start();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const { items, resourceVersion } = await client.list(coreKinds.configMap, { namespace: 'default' });
      const names = new Set(items.map(({ metadata }) => metadata.name));
      expect([...answered].filter((name) => !names.has(name))).toEqual([]);
      expect(Number(resourceVersion)).toBeGreaterThanOrEqual(version);
      const writing = Array.from({ length: 40 }, async (_none, index) => {
        const { metadata } = await client.create(coreKinds.configMap, config(`k${kill}-${index}`));
        answered.add(metadata.name);
        version = Math.max(version, Number(metadata.resourceVersion));
        if (answered.size % 40 === (kill * 7) % 40) child.kill('SIGKILL');
      });
      await Promise.allSettled(writing);
      child.kill('SIGKILL');
      await ended;
      await client.close();
    }
    expect(answered.size).toBeGreaterThan(KILLS);
  });
});
