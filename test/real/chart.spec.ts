import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChartRelease } from '../chart/chart-clusters';
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

it('an upstream kube-apiserver accepts everything that the chart can make', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-chart-'));
  const plane = await RealControlPlane.start(folder);
  const release = new ChartRelease((await plane.cluster('whole')).kubeconfig);
  try {
    const zone = ['zone.enabled=true', 'zone.cluster=east-1', 'zone.dns.enabled=true', 'zone.istiodAlias.enabled=true'];
    const alias = ['zone.istiodAlias.namespace=default'];
    const access = [
      'hub.enabled=true',
      'hub.tokenSecret=true',
      'hub.dryRun=true',
      'zone.enabled=true',
      'zone.tokenSecret=true',
    ];
    const accounts = access.map((value) => `access.${value}`);
    await release.install('hub.enabled=true', ...zone, ...alias, ...accounts);
    const plans = ['hub.plans.enabled=true', 'hub.plans.certificateSecret=plans'];
    const external = ['hub.enabled=true', 'hub.storage=external', 'hub.replicas=2', ...plans];
    await release.install(...external, ...zone, ...alias, ...accounts);
    const kinds = 'deploy,sts,svc,pdb,networkpolicy,role,rolebinding';
    const made = await release.kubectl.run(['get', kinds, '-n', 'flotilla-system', '-o', 'name']);
    expect(made.trim().split('\n').sort()).toEqual([
      'deployment.apps/flotilla-hub',
      'deployment.apps/flotilla-zone',
      'networkpolicy.networking.k8s.io/flotilla-hub',
      'networkpolicy.networking.k8s.io/flotilla-zone',
      'poddisruptionbudget.policy/flotilla-hub',
      'poddisruptionbudget.policy/flotilla-zone',
      'role.rbac.authorization.k8s.io/flotilla-hub',
      'role.rbac.authorization.k8s.io/flotilla-hub-access',
      'role.rbac.authorization.k8s.io/flotilla-zone',
      'rolebinding.rbac.authorization.k8s.io/flotilla-hub',
      'rolebinding.rbac.authorization.k8s.io/flotilla-hub-access',
      'rolebinding.rbac.authorization.k8s.io/flotilla-zone',
      'service/flotilla-dns',
      'service/flotilla-hub',
      'service/flotilla-hub-webhook',
      'service/flotilla-zone',
    ]);
  } finally {
    await plane.stop();
    for (const used of [folder, release.kubectl.folder]) rmSync(used, { recursive: true, force: true });
  }
}, 120_000);
