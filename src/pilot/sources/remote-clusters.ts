import { type Clock, type Logger, type Stop, toFlotillaError } from '../../kernel';
import type { KubeClient } from '../../kube';
import { coreKinds, type KubeObject } from '../../kube/schema';
import type { ClusterObject } from '../model';
import { ClusterSource, type DiscoveryScope } from './cluster-source';
import { workloadClusterKinds } from './followed-kind';
import { KindSource, type SourceContext } from './kind-source';
import type { SourceState } from './source-state';

/** Label of Secrets that hold kubeconfigs of workload clusters, as `istioctl create-remote-secret` makes them. */
export const REMOTE_SECRET_LABEL = 'istio/multiCluster=true';

/** Opens a client for a workload cluster from the kubeconfig in its Secret. @throws FlotillaError when it cannot be read */
export type ConnectCluster = (cluster: string, kubeconfig: string) => KubeClient;

/** How a workload cluster stands. `Held`: not read yet, and the zone waits for it. */
export interface RemoteClusterState {
  readonly cluster: string;
  /** `namespace/name` of the Secret. */
  readonly secret: string;
  readonly state: 'Held' | 'Synced' | 'NotReached' | 'Invalid';
  readonly message?: string;
}

/** What workload clusters are found with and read with. */
export interface RemoteClustersOptions {
  /** Client of the gateway cluster, where the Secrets lie. */
  readonly client: SourceContext['client'];
  readonly secretNamespaces: readonly string[];
  readonly connect: ConnectCluster;
  readonly scope: DiscoveryScope;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** How long the start of the zone waits for a cluster that does not answer. */
  readonly holdMs: number;
  changed(): void;
}

interface Attempt {
  readonly kubeconfig: string;
  readonly client: KubeClient;
  readonly source: ClusterSource;
}

interface RemoteCluster {
  readonly cluster: string;
  readonly secret: string;
  /** What is served from. */
  current: Attempt | undefined;
  /** With new credentials; takes over when it has read everything, so that a rotation never empties anything. */
  next: Attempt | undefined;
  problem: string | undefined;
  isHeld: boolean;
  stopHold: Stop;
}

/**
 * The workload clusters of the zone: found by Secret, joined and left at run time. A cluster that cannot be reached keeps
 * what was last read from it; only the removal of its Secret removes it.
 */
export class RemoteClusters {
  private readonly secrets: KindSource;
  private readonly clusters = new Map<string, RemoteCluster>();
  private readonly ending = new Set<Promise<void>>();

  constructor(private readonly options: RemoteClustersOptions) {
    const { client, clock, random, logger } = options;
    const context: SourceContext = { client, clock, random, logger, changed: () => this.refresh() };
    this.secrets = new KindSource({ kind: coreKinds.secret, strip: (secret) => secret }, context, REMOTE_SECRET_LABEL);
  }

  /** Whether every cluster was read once, or was waited for long enough. */
  get isSettled(): boolean {
    return this.secrets.isSettled && [...this.clusters.values()].every(({ isHeld }) => !isHeld);
  }

  start(): void {
    this.secrets.follow(new Set(this.options.secretNamespaces));
  }

  objects(): readonly ClusterObject[] {
    return [...this.clusters.values()].flatMap(({ current }) => current?.source.objects() ?? []);
  }

  clusterStates(): readonly RemoteClusterState[] {
    return [...this.clusters.values()].map(({ cluster, secret, current, isHeld, problem }) => ({
      cluster,
      secret,
      state: current?.source.isSettled ? 'Synced' : problem ? 'Invalid' : isHeld ? 'Held' : 'NotReached',
      ...(problem ? { message: problem } : {}),
    }));
  }

  sourceStates(): readonly SourceState[] {
    const sources = [...this.clusters.values()].flatMap(({ current, next }) => [current, next]);
    return [...this.secrets.states(), ...sources.flatMap((attempt) => attempt?.source.states() ?? [])];
  }

  /** The client of a cluster, for those who need it besides: `undefined` when it is not known. */
  clientOf(cluster: string): KubeClient | undefined {
    return this.clusters.get(cluster)?.current?.client;
  }

  async stop(): Promise<void> {
    await this.secrets.stop();
    for (const cluster of [...this.clusters.values()]) this.leave(cluster);
    await Promise.all(this.ending);
  }

  /** Brings the clusters in line with the Secrets. With two Secrets for one cluster the first by name counts. */
  private refresh(): void {
    const wanted = kubeconfigsOf(this.secrets.objects());
    for (const cluster of [...this.clusters.values()]) if (!wanted.has(cluster.cluster)) this.leave(cluster);
    for (const [name, { secret, kubeconfig }] of wanted) this.join(name, secret, kubeconfig);
    this.options.changed();
  }

  private join(name: string, secret: string, kubeconfig: string): void {
    const cluster = this.clusters.get(name) ?? this.meet(name, secret);
    const newest = cluster.next ?? cluster.current;
    if (newest?.kubeconfig === kubeconfig) return;
    try {
      const attempt = this.attempt(cluster, kubeconfig);
      this.end(cluster.next);
      cluster.problem = undefined;
      if (cluster.current) cluster.next = attempt;
      else cluster.current = attempt;
      attempt.source.start();
    } catch (error) {
      this.misread(cluster, toFlotillaError(error).message);
    }
  }

  private meet(name: string, secret: string): RemoteCluster {
    const { clock, holdMs, logger } = this.options;
    const cluster: RemoteCluster = {
      cluster: name,
      secret,
      current: undefined,
      next: undefined,
      problem: undefined,
      isHeld: true,
      stopHold: clock.after(holdMs, () => this.release(cluster)),
    };
    this.clusters.set(name, cluster);
    logger.info('cluster joined', { cluster: name, secret });
    return cluster;
  }

  private attempt(cluster: RemoteCluster, kubeconfig: string): Attempt {
    const { connect, scope, clock, random, logger } = this.options;
    const client = connect(cluster.cluster, kubeconfig);
    const context: SourceContext = { client, clock, random, logger, changed: () => this.progress(cluster) };
    return { kubeconfig, client, source: new ClusterSource(workloadClusterKinds, scope, context) };
  }

  private progress(cluster: RemoteCluster): void {
    if (cluster.next?.source.isSettled) {
      this.end(cluster.current);
      cluster.current = cluster.next;
      cluster.next = undefined;
    }
    if (cluster.isHeld && cluster.current?.source.isSettled) this.unhold(cluster);
    this.options.changed();
  }

  private release(cluster: RemoteCluster): void {
    this.options.logger.warn('serving without a cluster that cannot be read', { cluster: cluster.cluster });
    this.unhold(cluster);
    this.options.changed();
  }

  private unhold(cluster: RemoteCluster): void {
    cluster.isHeld = false;
    cluster.stopHold();
  }

  private misread(cluster: RemoteCluster, problem: string): void {
    if (cluster.problem === problem) return;
    cluster.problem = problem;
    this.unhold(cluster);
    this.options.logger.error('cannot use the kubeconfig of a cluster', {
      cluster: cluster.cluster,
      secret: cluster.secret,
      reason: problem,
    });
  }

  private leave(cluster: RemoteCluster): void {
    this.clusters.delete(cluster.cluster);
    cluster.stopHold();
    this.end(cluster.current);
    this.end(cluster.next);
    this.options.logger.info('cluster left', { cluster: cluster.cluster });
  }

  private end(attempt: Attempt | undefined): void {
    if (!attempt) return;
    const ended = attempt.source
      .stop()
      .then(() => attempt.client.close())
      .finally(() => this.ending.delete(ended));
    this.ending.add(ended);
  }
}

interface RemoteSecret {
  readonly secret: string;
  readonly kubeconfig: string;
}

/** Each key of such a Secret is a cluster's name, each value its kubeconfig. */
function kubeconfigsOf(secrets: readonly KubeObject[]): ReadonlyMap<string, RemoteSecret> {
  const found = new Map<string, RemoteSecret>();
  const ordered = [...secrets].sort((left, right) => (secretName(left) < secretName(right) ? -1 : 1));
  for (const secret of ordered) {
    for (const [cluster, value] of Object.entries((secret['data'] ?? {}) as Record<string, string>)) {
      if (found.has(cluster)) continue;
      found.set(cluster, { secret: secretName(secret), kubeconfig: Buffer.from(value, 'base64').toString('utf8') });
    }
  }
  return found;
}

function secretName({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
