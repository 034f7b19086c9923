import { join } from 'node:path';
import { Kubectl } from '../tools/kubectl';

/** Three API servers that a chart is installed into, reached as an admin. The gateway cluster has Istio's kinds. */
export interface ChartClusters {
  readonly hub: string;
  readonly gateway: string;
  readonly apps: string;
  /** Audit logs with reads, where there are any. */
  readonly auditLogs?: Readonly<Record<'hub' | 'gateway' | 'apps', string>>;
  stop(): Promise<void>;
}

/** Helm's release of the chart in one cluster. */
export class ChartRelease {
  static readonly folder = join(__dirname, '..', '..', 'deploy', 'chart', 'flotilla');
  readonly kubectl: Kubectl;

  constructor(readonly adminKubeconfig: string) {
    this.kubectl = new Kubectl(adminKubeconfig);
  }

  /** `helm install` or `upgrade`, whichever it takes, with `--set` for each value. */
  install(...values: readonly string[]): Promise<string> {
    return this.helm(['upgrade', '--install', '--create-namespace', 'flotilla', ChartRelease.folder], values);
  }

  /** The manifests that the chart makes of these values. */
  template(...values: readonly string[]): Promise<string> {
    return this.helm(['template', 'flotilla', ChartRelease.folder], values);
  }

  /** A kubeconfig as somebody would make it for one of the chart's service accounts. */
  async kubeconfigOf(account: string): Promise<string> {
    const token = await this.kubectl.run(['create', 'token', account, '-n', 'flotilla-system', '--duration=1h']);
    const config = JSON.parse(await this.kubectl.run(['config', 'view', '--raw', '-o', 'json'])) as {
      users: { user: object }[];
    };
    for (const entry of config.users) entry.user = { token: token.trim() };
    return JSON.stringify(config);
  }

  helm(args: readonly string[], values: readonly string[] = []): Promise<string> {
    return this.kubectl.helm([
      ...args,
      '--namespace',
      'flotilla-system',
      ...values.flatMap((value) => ['--set', value]),
    ]);
  }
}
