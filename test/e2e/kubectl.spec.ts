import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApiServer } from '../../src/kube/server';
import { describeCluster } from '../kubectl/describe-cluster';
import { describeHelm } from '../kubectl/describe-helm';
import { describeKubectl } from '../kubectl/describe-kubectl';
import type { KubectlServer } from '../kubectl/kubectl-server';
import { Kubectl } from '../tools/kubectl';

jest.setTimeout(90_000);

async function start(): Promise<KubectlServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'flotilla-apiserver-'));
  const server = await startApiServer({ dataDir });
  return {
    kubeconfig: server.kubeconfig(),
    async close() {
      await server.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

describeKubectl('the embedded API server', start);
describeCluster('the embedded API server', start);
describeHelm('the embedded API server', start);

it('an embedded API server survives a restart on another port', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'flotilla-apiserver-'));
  const first = await startApiServer({ dataDir });
  const kubectl = new Kubectl(first.kubeconfig());
  expect(await kubectl.run(['version'])).toContain('+flotilla');
  await kubectl.run(['create', 'configmap', 'lasting', '--from-literal=a=b']);
  await first.close();
  const second = await startApiServer({ dataDir });
  const again = new Kubectl(second.kubeconfig());
  expect(await again.run(['get', 'configmap', 'lasting', '-o', 'jsonpath={.data.a}'])).toBe('b');
  await second.close();
  for (const folder of [dataDir, kubectl.folder, again.folder]) rmSync(folder, { recursive: true });
});
