import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeCluster } from '../kubectl/describe-cluster';
import { describeHelm } from '../kubectl/describe-helm';
import { describeKubectl } from '../kubectl/describe-kubectl';
import type { KubectlServer } from '../kubectl/kubectl-server';
import { RealControlPlane } from './real-control-plane';

jest.setTimeout(90_000);

async function start(): Promise<KubectlServer> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-kubectl-'));
  const plane = await RealControlPlane.start(folder);
  const cluster = await plane.cluster('kubectl', { controllers: true });
  return {
    kubeconfig: cluster.kubeconfig,
    async close() {
      await plane.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describeKubectl('kube-apiserver 1.36', start);
describeCluster('kube-apiserver 1.36', start);
describeHelm('kube-apiserver 1.36', start);
