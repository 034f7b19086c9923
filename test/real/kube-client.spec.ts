import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubeClientContract } from '../contract/kube-client-contract';
import { RealControlPlane } from './real-control-plane';

jest.setTimeout(60_000);

kubeClientContract('kube-apiserver 1.36', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-client-'));
  const plane = await RealControlPlane.start(folder);
  const cluster = await plane.cluster('client');
  return {
    kubeconfig: cluster.kubeconfig,
    http2: true,
    async restart() {
      await cluster.stop('SIGKILL'); // a graceful stop waits a minute for the watches
      await cluster.start();
    },
    async close() {
      await plane.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
