import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiServerContract } from '../contract/api-server-contract';
import { RealControlPlane } from './real-control-plane';

jest.setTimeout(60_000);

apiServerContract('kube-apiserver 1.36', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-contract-'));
  const plane = await RealControlPlane.start(folder);
  const cluster = await plane.cluster('contract', { controllers: true });
  return {
    url: cluster.url,
    certificateAuthority: readFileSync(cluster.caFile, 'utf8'),
    token: cluster.token,
    reference: true,
    async close() {
      await plane.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
