import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { istioKinds } from '../../src/istio';
import { toCustomResourceDefinition } from '../../src/kube/schema';
import { startApiServer } from '../../src/kube/server';
import { describeChart } from '../chart/describe-chart';

describeChart(
  'embedded API servers',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flotilla-chart-'));
    const start = (name: string, kinds: Parameters<typeof toCustomResourceDefinition>[0][] = []) =>
      startApiServer({
        dataDir: join(folder, name),
        name,
        customResourceDefinitions: kinds.map(toCustomResourceDefinition),
        audit: { path: join(folder, `${name}.log`), reads: true },
      });
    const [hub, gateway, apps] = [
      await start('hub'),
      await start('gateway', [...istioKinds]),
      await start('apps', [...istioKinds]),
    ];
    return {
      ...{ hub: hub.kubeconfig(), gateway: gateway.kubeconfig(), apps: apps.kubeconfig() },
      auditLogs: {
        hub: join(folder, 'hub.log'),
        gateway: join(folder, 'gateway.log'),
        apps: join(folder, 'apps.log'),
      },
      async stop() {
        await Promise.all([hub, gateway, apps].map((server) => server.close()));
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
  true,
);
