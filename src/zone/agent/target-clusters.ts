import { SYSTEM_NAMESPACE } from '../../federation/api';
import { type Clock, jsonEqual, type Logger, type Stop, toFlotillaError } from '../../kernel';
import { type ConnectionOptions, Informer, type KubeClient, parseKubeconfig, type Random } from '../../kube';
import { coreKinds, namespacedName } from '../../kube/schema';
import type { Secret } from '../../istio';
import { TargetCluster, type TargetClusterEvents } from './target-cluster';

/** istioctl's label of Secrets with the kubeconfig of a remote cluster (`istioctl create-remote-secret`). */
export const REMOTE_CLUSTER_LABEL = 'istio/multiCluster=true';

/** What the clusters of a zone are found with. */
export interface TargetClustersOptions extends TargetClusterEvents {
  /** Name of the gateway cluster; a target like the others. */
  readonly cluster: string;
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Root namespaces of the zone's meshes; beside flotilla-system the only places where kubeconfig Secrets count. */
  readonly rootNamespaces: () => readonly string[];
}

interface Remote {
  readonly connection: ConnectionOptions;
  readonly cluster: TargetCluster;
}

/**
 * The clusters of the zone: its gateway cluster, and the workload clusters whose kubeconfig Secrets lie in it. A Secret that
 * changes makes a new connection; one that goes closes it, and touches nothing in that cluster.
 */
export class TargetClusters {
  private readonly home: TargetCluster;
  private readonly secrets: Informer<Secret>;
  private readonly remotes = new Map<string, Remote>();
  private readonly problems = new Map<string, string>();
  private readonly listeners = new Set<() => void>();
  private closing: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: TargetClustersOptions) {
    const { client, clock, random, logger, cluster } = options;
    this.home = new TargetCluster({ ...options, name: cluster });
    const kind = coreKinds.secret;
    this.secrets = new Informer<Secret>({ client, kind, labelSelector: REMOTE_CLUSTER_LABEL, clock, random, logger });
  }

  /** Follows the Secrets, and waits until they are known. */
  async start(signal: AbortSignal): Promise<void> {
    this.secrets.onChange(() => this.refresh());
    this.secrets.start();
    await this.secrets.whenSynced(signal);
    this.refresh();
  }

  /** Tells when a cluster came, went, or got another connection. */
  onChange(listener: () => void): Stop {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The gateway cluster. */
  get gateway(): TargetCluster {
    return this.home;
  }

  /** A cluster by name; undefined when the zone has no credentials for it. */
  get(name: string): TargetCluster | undefined {
    return name === this.options.cluster ? this.home : this.remotes.get(name)?.cluster;
  }

  /** Why there is no connection to a cluster. */
  problemOf(name: string): string {
    return (
      this.problems.get(name) ??
      `no Secret labelled ${REMOTE_CLUSTER_LABEL} in the gateway cluster ${this.options.cluster} holds a kubeconfig for cluster ${name}`
    );
  }

  /** All clusters of the zone. */
  list(): readonly TargetCluster[] {
    return [this.home, ...[...this.remotes.values()].map(({ cluster }) => cluster)];
  }

  /** Reads the Secrets again; called also when the root namespaces change. */
  refresh(): void {
    const wanted = this.connections();
    let changed = false;
    for (const [name, { connection, cluster }] of this.remotes) {
      if (jsonEqual(wanted.get(name), connection)) continue;
      this.remotes.delete(name);
      this.release(cluster);
      changed = true;
    }
    for (const [name, connection] of wanted) {
      if (this.remotes.has(name)) continue;
      this.remotes.set(name, { connection, cluster: this.connect(name, connection) });
      changed = true;
    }
    if (changed) for (const listener of this.listeners) listener();
  }

  async close(): Promise<void> {
    await this.secrets.stop();
    for (const { cluster } of this.remotes.values()) this.release(cluster);
    this.remotes.clear();
    await Promise.all([this.closing, this.home.close()]);
  }

  private connect(name: string, connection: ConnectionOptions): TargetCluster {
    const { client, logger } = this.options;
    logger.info('workload cluster found', { target: name, server: connection.server });
    return new TargetCluster({ ...this.options, name, client: client.forCluster(connection) });
  }

  private release(cluster: TargetCluster): void {
    const done = cluster.close().then(() => cluster.client.close());
    this.closing = Promise.all([this.closing, done]);
  }

  private connections(): ReadonlyMap<string, ConnectionOptions> {
    const allowed = new Set([SYSTEM_NAMESPACE, ...this.options.rootNamespaces()]);
    const found = new Map<string, ConnectionOptions>();
    this.problems.clear();
    for (const secret of this.secrets.list()) {
      if (!allowed.has(secret.metadata.namespace ?? '')) continue;
      for (const [name, encoded] of Object.entries(secret.data ?? {})) {
        const connection = name === this.options.cluster ? undefined : this.parse(name, secret, encoded);
        if (connection !== undefined) found.set(name, connection);
      }
    }
    return found;
  }

  private parse(name: string, secret: Secret, encoded: string): ConnectionOptions | undefined {
    try {
      const text = Buffer.from(encoded, 'base64').toString('utf8');
      return { ...parseKubeconfig(text, undefined, { untrusted: true }), cluster: name };
    } catch (cause) {
      const where = namespacedName(secret);
      const { message } = toFlotillaError(cause);
      this.problems.set(name, `the kubeconfig of cluster ${name} in Secret ${where} cannot be used: ${message}`);
      this.options.logger.warn('kubeconfig Secret refused', { target: name, object: where, reason: message });
      return this.remotes.get(name)?.connection; // a Secret that was broken does not end what works
    }
  }
}
