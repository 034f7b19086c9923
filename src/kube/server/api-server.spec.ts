import { createServer, type Server } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../kernel';
import { KubeClient, parseKubeconfig } from '..';
import { startApiServer } from './api-server';
import { urlHost } from './kubeconfig';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'flotilla-apiserver-'));
});

afterEach(() => rmSync(dataDir, { recursive: true }));

describe('urlHost', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['hub.example.com', 'hub.example.com'],
    ['::1', '[::1]'],
    ['0.0.0.0', '127.0.0.1'],
    ['::', '[::1]'],
  ])('%s becomes %s', (address, host) => {
    expect(urlHost(address)).toBe(host);
  });
});

describe('startApiServer', () => {
  it('gives a kubeconfig that works when it listens everywhere', async () => {
    const server = await startApiServer({ dataDir, host: '0.0.0.0' });
    const client = new KubeClient(parseKubeconfig(server.kubeconfig(), undefined, { untrusted: true }));
    expect(await client.version()).toMatchObject({ major: '1' });
    await client.close();
    await server.close();
  });

  it('leaves nothing running and the folder free when its port is taken', async () => {
    const other = await new Promise<Server>((resolve) => {
      const listening = createServer().listen(0, '127.0.0.1', () => resolve(listening));
    });
    const { port } = other.address() as { readonly port: number };
    const clock = new ManualClock();
    await expect(startApiServer({ dataDir, clock, port })).rejects.toThrow('EADDRINUSE');
    expect(clock.pending).toBe(0);
    await new Promise((resolve) => other.close(resolve));
    const server = await startApiServer({ dataDir });
    await server.close();
  });
});
