import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeChart } from '../chart/describe-chart';
import { Kubectl } from '../tools/kubectl';
import { RealControlPlane } from './real-control-plane';
import { realPart } from './real-parts';

describeChart('upstream kube-apiservers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-chart-'));
  const plane = await RealControlPlane.start(folder);
  const [hub, gateway, apps] = [
    await plane.cluster('hub'),
    await plane.cluster('gateway'),
    await plane.cluster('apps'),
  ];
  const kubectl = new Kubectl(gateway.kubeconfig);
  await kubectl.apply(readFileSync(realPart('istioCrds'), 'utf8'), '--server-side');
  rmSync(kubectl.folder, { recursive: true });
  return {
    ...{ hub: hub.kubeconfig, gateway: gateway.kubeconfig, apps: apps.kubeconfig },
    async stop() {
      await plane.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
