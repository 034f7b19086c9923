import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseKubeconfig } from '../../src/kube';
import { startApiServer } from '../../src/kube/server';
import { apiServerContract } from '../contract/api-server-contract';

jest.setTimeout(30_000);

apiServerContract('the embedded server', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'flotilla-contract-'));
  const server = await startApiServer({ dataDir });
  const { caPem = '', token = '' } = parseKubeconfig(server.kubeconfig(), undefined, { untrusted: true });
  return {
    url: server.url,
    certificateAuthority: caPem,
    token,
    async close() {
      await server.close();
      rmSync(dataDir, { recursive: true });
    },
  };
});
