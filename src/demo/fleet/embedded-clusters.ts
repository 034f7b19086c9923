import { join } from 'node:path';
import type { Supervisor } from '../process/supervisor';
import { findFreePort } from './claim-addresses';
import type { ClusterProvider, ClusterRequest } from './cluster-provider';
import { ownCommand } from './own-command';
import { tiers } from './parts';

const CRDS = { hub: 'flotilla', gateway: 'all', workload: 'none' } as const;

/** Clusters as processes of `flotilla apiserver`; the hub has its own inside. Each keeps its port for its whole life. */
export class EmbeddedClusters implements ClusterProvider {
  readonly servesHub = false;

  constructor(
    private readonly supervisor: Supervisor,
    private readonly logFolder: string,
  ) {}

  async start({ name, role, folder, kubeconfigFile }: ClusterRequest): Promise<void> {
    const port = String(await findFreePort());
    const flags = ['--data', folder, '--port', port, '--write-kubeconfig', kubeconfigFile, '--crds', CRDS[role]];
    const [command, ...args] = ownCommand('apiserver', ...flags);
    await this.supervisor.start({
      id: clusterPart(name),
      command,
      args,
      logFile: join(this.logFolder, `cluster-${name}.log`),
      readiness: { kind: 'ready-line' },
      tier: tiers.cluster,
    });
  }

  kill(name: string, signal: NodeJS.Signals): Promise<void> {
    return this.supervisor.kill(clusterPart(name), signal);
  }

  async restart(name: string): Promise<void> {
    await this.supervisor.restart(clusterPart(name));
  }

  /** The supervisor stops them with everything else. */
  stopAll(): Promise<void> {
    return Promise.resolve();
  }
}

function clusterPart(name: string): string {
  return `cluster:${name}`;
}
