import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApiServer } from './server';
import { kubeClientContract } from '../../test/contract/kube-client-contract';

kubeClientContract('the embedded server', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'embedded-'));
  let server = await startApiServer({ dataDir });
  const port = Number(new URL(server.url).port);
  return {
    kubeconfig: server.kubeconfig(),
    http2: true,
    async restart() {
      await server.close();
      server = await startApiServer({ dataDir, port });
    },
    async close() {
      await server.close();
      rmSync(dataDir, { recursive: true });
    },
  };
});
