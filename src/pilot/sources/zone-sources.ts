import { type Clock, type Logger, type Stop } from '../../kernel';
import { KubeClient, parseKubeconfig } from '../../kube';
import type { ClusterObject } from '../model';
import { ClusterSource, type DiscoveryScope } from './cluster-source';
import { primaryKinds } from './followed-kind';
import type { SourceContext } from './kind-source';
import { type ConnectCluster, RemoteClusters, type RemoteClusterState } from './remote-clusters';
import type { SourceState } from './source-state';

/** What a zone's clusters are read with. */
export interface ZoneSourcesOptions {
  /** The gateway cluster: Istio's objects, the gateways' Secrets, and the kubeconfigs of the workload clusters. */
  readonly client: SourceContext['client'];
  readonly scope: DiscoveryScope;
  /** Namespaces with Secrets labelled `istio/multiCluster: "true"`. */
  readonly secretNamespaces: readonly string[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Opens workload clusters; by default with the kubeconfig of the Secret, whose commands and files are refused. */
  readonly connect?: ConnectCluster;
  /** How long the first answer to proxies waits for a workload cluster that does not answer; 30 s unless given. */
  readonly holdMs?: number;
}

const HOLD_MS = 30_000;

/**
 * All objects of a zone, from all of its clusters. Nothing is kept on disk: after a restart it is read again, and until it
 * has been (its own cluster in any case, each workload cluster up to a bound) the zone is not ready, so that no proxy is
 * ever told that endpoints are gone when they were only not read yet.
 */
export class ZoneSources {
  private readonly primary: ClusterSource;
  private readonly remotes: RemoteClusters;
  private readonly listeners = new Set<() => void>();
  private wasReady = false;

  constructor(options: ZoneSourcesOptions) {
    const { client, scope, clock, random, logger } = options;
    const changed = (): void => this.changed();
    this.primary = new ClusterSource(primaryKinds, scope, { client, clock, random, logger, changed });
    this.remotes = new RemoteClusters({
      ...options,
      connect: options.connect ?? ((cluster, kubeconfig) => connectUntrusted(cluster, kubeconfig, clock)),
      holdMs: options.holdMs ?? HOLD_MS,
      changed,
    });
  }

  /** Whether proxies may be served. Once true it stays true: what is lost later is kept as it was last known. */
  get isReady(): boolean {
    this.wasReady ||= this.primary.isSettled && this.remotes.isSettled;
    return this.wasReady;
  }

  start(): void {
    this.primary.start();
    this.remotes.start();
  }

  /** Everything that is known now. */
  objects(): readonly ClusterObject[] {
    return [...this.primary.objects(), ...this.remotes.objects()];
  }

  /** How every source stands. */
  states(): readonly SourceState[] {
    return [...this.primary.states(), ...this.remotes.sourceStates()];
  }

  clusterStates(): readonly RemoteClusterState[] {
    return this.remotes.clusterStates();
  }

  /** Client of a workload cluster that has joined. */
  clientOf(cluster: string): KubeClient | undefined {
    return this.remotes.clientOf(cluster);
  }

  /** Tells of every change of objects or states, many at a time; fold them. */
  onChange(listener: () => void): Stop {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.listeners.clear();
    await Promise.all([this.primary.stop(), this.remotes.stop()]);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

function connectUntrusted(cluster: string, kubeconfig: string, clock: Clock): KubeClient {
  return new KubeClient({ ...parseKubeconfig(kubeconfig, undefined, { untrusted: true }), cluster }, { clock });
}
