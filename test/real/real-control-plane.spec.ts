import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, fetch } from 'undici';
import { RealControlPlane } from './real-control-plane';

describe('a real control plane', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-real-'));
  let plane: RealControlPlane;

  beforeAll(async () => {
    plane = await RealControlPlane.start(folder);
  }, 60_000);

  afterAll(async () => {
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('serves the pinned version, and comes back on its port after a kill', async () => {
    const cluster = await plane.cluster('one');
    expect(await version(cluster.url)).toMatch(/^v1\.36\./);
    await cluster.stop('SIGKILL');
    await cluster.start();
    expect(await version(cluster.url)).toMatch(/^v1\.36\./);
  }, 120_000);
});

async function version(url: string): Promise<string> {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const response = await fetch(`${url}/version`, { dispatcher });
  const body = (await response.json()) as { gitVersion: string };
  await dispatcher.close();
  return body.gitVersion;
}
