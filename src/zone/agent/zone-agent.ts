import type { Registry } from 'prom-client';
import { type Bundle, gatewayNamespaceOf } from '../../federation/api';
import type { Clock, Logger, Stop } from '../../kernel';
import {
  INITIAL_LIST_PRIORITY,
  type KubeClient,
  KeyedQueue,
  type QueueMetrics,
  type Random,
  type RunResult,
} from '../../kube';
import { manifestsOf } from '../apply/manifests-of';
import type { Gateway } from '../../istio';
import { ofKind } from '../facts/select-objects';
import type { Probe } from '../probe/probe-target';
import { silentZoneObserver, type ZoneGauges, ZoneMetrics } from '../metrics/zone-metrics';
import type { PrimaryKind } from '../primary-kind';
import type { ProxyStatusSource } from '../proxy-status-source';
import { BackendNamespaces } from './backend-namespaces';
import { BundleProbes } from './bundle-probes';
import { BundleReconciler } from './bundle-reconciler';
import type { FactSources } from './gather-facts';
import { GatewayNamespaces } from './gateway-namespaces';
import { MemberClusterReporter } from './member-cluster-reporter';
import { TargetClusters } from './target-clusters';
import { ZoneCopies } from './zone-copies';
import { ZoneNames } from './zone-names';

/** What a zone agent needs. */
export interface ZoneAgentOptions {
  /** The gateway cluster's API. */
  readonly client: KubeClient;
  /** Name of the gateway cluster. */
  readonly cluster: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly proxies: ProxyStatusSource;
  readonly primary?: PrimaryKind;
  /** Metrics are registered here. */
  readonly registry?: Registry;
  readonly queueMetrics?: QueueMetrics;
  readonly probe?: Probe;
  /** Between two probes of one member; 2 s unless given. */
  readonly probeIntervalMs?: number;
}

/** `bundle/<name>`: its objects and its facts; `facts/<name>`: its facts; `cluster/<name>`. */
type Work = `bundle/${string}` | `facts/${string}` | `cluster/${string}`;

/** Facts come in flurries; they are gathered once things have settled for a moment. */
const SETTLE_MS = 150;
const PER_CLUSTER = 8;

/**
 * The zone agent: brings bundles into their clusters, and reports what it finds. All it needs lies in the gateway cluster, so
 * a hub that is gone changes nothing. One queue does the work; whatever happens only puts a key into it.
 */
export class ZoneAgent {
  readonly copies: ZoneCopies;
  readonly clusters: TargetClusters;
  /** The global names of the zone. */
  readonly names: ZoneNames;
  private readonly queue: KeyedQueue<Work>;
  private readonly gatewayNamespaces: GatewayNamespaces;
  private readonly probes: BundleProbes;
  private readonly bundles: BundleReconciler;
  private readonly reporter: MemberClusterReporter;
  private readonly backends = new BackendNamespaces();
  private readonly nameListeners = new Set<() => void>();
  private readonly stops: Stop[] = [];

  constructor(private readonly options: ZoneAgentOptions) {
    const { client, clock, random, logger, cluster } = options;
    const shared = { client, clock, random, logger };
    this.copies = new ZoneCopies(shared);
    this.clusters = new TargetClusters({
      ...shared,
      cluster,
      rootNamespaces: () => this.rootNamespaces(),
      ...this.events(),
    });
    this.gatewayNamespaces = new GatewayNamespaces({ ...shared, onChange: () => this.lookAtAll() });
    const bundles = (): readonly Bundle[] => this.copies.bundlesOf(cluster);
    this.probes = new BundleProbes({
      ...{ bundles, clock, random, settleMs: SETTLE_MS, onChange: (concerned) => this.onHealth(concerned) },
      ...(options.probe === undefined ? {} : { probe: options.probe }),
      ...(options.probeIntervalMs === undefined ? {} : { intervalMs: options.probeIntervalMs }),
    });
    this.names = new ZoneNames({ bundles, prober: this.probes, clock });
    this.queue = new KeyedQueue<Work>({
      name: 'zone-agent',
      run: (work, signal) => this.run(work, signal),
      ...{ clock, random, logger },
      groupOf: (work) => this.clusterOf(work),
      // Bounded for each cluster alone: however many do not answer, the others are not kept waiting.
      concurrency: Number.POSITIVE_INFINITY,
      groupConcurrency: PER_CLUSTER,
      ...(options.queueMetrics === undefined ? {} : { metrics: options.queueMetrics }),
    });
    const gatewayServices = (namespace: string) => this.gatewayNamespaces.services(namespace);
    const { copies, clusters } = this;
    const primary = options.primary ?? 'flotilla';
    this.bundles = new BundleReconciler({
      ...{ client, clock, logger, copies, clusters, primary },
      observer: options.registry === undefined ? silentZoneObserver : new ZoneMetrics(options.registry, this.gauges()),
      factSources: (bundle) => this.factSources(bundle),
    });
    this.reporter = new MemberClusterReporter({
      ...{ client, clock, copies, clusters, gatewayServices, primary },
      gateways: () => this.gateways(),
    });
  }

  /** Begins, once what the hub has written is known; waits for the gateway cluster's API as long as it takes. */
  async start(signal: AbortSignal): Promise<void> {
    await this.copies.start(signal);
    await this.clusters.start(signal);
    this.stops.push(
      this.copies.bundles.onChange((_key, current, previous, initial) => this.onBundle(current, previous, initial)),
      this.copies.memberClusters.onChange((name, _current, previous) =>
        this.onMemberCluster(name, previous === undefined),
      ),
      this.copies.meshes.onChange(() => this.onMesh()),
      this.clusters.onChange(() => this.onClusters()),
      this.options.proxies.onChange(() => this.lookAtAll()),
    );
  }

  /** Called when a name may be answered otherwise than before. */
  onNames(listener: () => void): Stop {
    this.nameListeners.add(listener);
    return () => this.nameListeners.delete(listener);
  }

  /** Ends every watch, probe and timer, and the work under way. */
  async stop(): Promise<void> {
    for (const stop of this.stops.splice(0)) stop();
    this.probes.close();
    await this.queue.stop();
    await Promise.all([this.copies.stop(), this.clusters.close(), this.gatewayNamespaces.close()]);
  }

  private gauges(): ZoneGauges {
    return {
      bundles: () => countBy(this.copies.bundles.list(), ({ status }) => status?.phase ?? 'New'),
      members: () => countBy(this.probes.states(), ({ healthy }) => healthNames.get(healthy) ?? ''),
      clusters: () => countBy(this.clusters.list(), ({ trouble }) => (trouble === undefined ? 'reached' : 'lost')),
    };
  }

  private run(work: Work, signal: AbortSignal): Promise<RunResult> {
    const name = nameOf(work);
    if (work.startsWith('cluster/')) return this.reporter.run(name, signal);
    return work.startsWith('facts/') ? this.bundles.runFacts(name, signal) : this.bundles.run(name, signal);
  }

  private clusterOf(work: Work): string {
    const name = nameOf(work);
    return work.startsWith('cluster/') ? name : (this.copies.bundle(name)?.spec?.cluster ?? '');
  }

  private events(): Pick<ConstructorParameters<typeof TargetClusters>[0], 'onObject' | 'onPods' | 'onCluster'> {
    return {
      onObject: (bundle) => this.queue.add(`bundle/${bundle}`, { afterMs: SETTLE_MS }),
      onPods: (namespace) => this.lookAtNamespace(namespace),
      onCluster: () => this.lookAtClusters(),
    };
  }

  private onBundle(current: Bundle | undefined, previous: Bundle | undefined, isInitial: boolean): void {
    const bundle = current ?? previous;
    if (bundle === undefined) return;
    if (isNews(current, previous)) {
      this.queue.add(`bundle/${bundle.metadata.name}`, isInitial ? { priority: INITIAL_LIST_PRIORITY } : {});
      for (const listener of this.nameListeners) listener();
      this.probes.retargetSoon();
    }
    const cluster = bundle.spec?.cluster;
    if (cluster !== undefined && current?.status?.phase !== previous?.status?.phase) {
      this.queue.add(`cluster/${cluster}`, { afterMs: SETTLE_MS });
    }
  }

  private onMemberCluster(name: string, isNew: boolean): void {
    if (isNew) this.queue.add(`cluster/${name}`);
  }

  private onMesh(): void {
    this.clusters.refresh();
    this.lookAtAll();
    this.lookAtClusters();
  }

  private onClusters(): void {
    for (const bundle of this.copies.bundles.list()) this.queue.add(`bundle/${bundle.metadata.name}`);
    this.lookAtClusters();
  }

  /** DNS answers otherwise from this very moment on; the mesh follows with the statuses, of those bundles only that the target is in. */
  private onHealth(concerned: readonly string[]): void {
    for (const listener of this.nameListeners) listener();
    for (const name of concerned) this.queue.add(`facts/${name}`);
  }

  private lookAtAll(): void {
    this.lookAt(this.copies.bundles.list());
  }

  /** Gateways have their pods in namespaces of their own, and clusters report on those. */
  private lookAtNamespace(namespace: string): void {
    this.lookAt(this.copies.bundles.list().filter((bundle) => this.backends.namespaceOf(bundle) === namespace));
    if (this.gatewayNamespacesOf().includes(namespace)) this.lookAtClusters();
  }

  private lookAt(bundles: readonly Bundle[]): void {
    for (const { metadata } of bundles) this.queue.add(`facts/${metadata.name}`, { afterMs: SETTLE_MS });
  }

  private lookAtClusters(): void {
    for (const { metadata } of this.copies.memberClusters.list()) {
      this.queue.add(`cluster/${metadata.name}`, { afterMs: SETTLE_MS });
    }
  }

  private factSources({ spec }: Bundle): Omit<FactSources, 'target' | 'clusters' | 'nowMs'> {
    return {
      mesh: this.copies.meshes.get(spec?.mesh ?? ''),
      gatewayServices: (namespace) => this.gatewayNamespaces.services(namespace),
      gatewaySecret: (namespace, name) => this.gatewayNamespaces.secret(namespace, name),
      proxies: () => this.options.proxies.proxies(),
      loadSharesOf: (hostname) => this.options.proxies.loadSharesOf(hostname),
      healthOf: (member) => this.probes.healthOf(member),
      verdicts: (record) => this.names.verdicts(record),
    };
  }

  private gateways(): readonly Gateway[] {
    return this.copies
      .bundlesOf(this.options.cluster)
      .flatMap((bundle) => ofKind<Gateway>(manifestsOf(bundle), 'Gateway'));
  }

  private gatewayNamespacesOf(): readonly string[] {
    return this.copies.meshes.list().flatMap(({ spec }) => (spec === undefined ? [] : [gatewayNamespaceOf(spec)]));
  }

  private rootNamespaces(): readonly string[] {
    return this.copies.meshes.list().flatMap(({ spec }) => (spec === undefined ? [] : [spec.rootNamespace]));
  }
}

const healthNames = new Map([
  [true, 'healthy'],
  [false, 'unhealthy'],
  [undefined, 'unprobed'],
]);

function countBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[nameOf(item)] = (counts[nameOf(item)] ?? 0) + 1;
  return counts;
}

/** Our own status writes come back as changes of the same generation, and are no news. */
function isNews(current: Bundle | undefined, previous: Bundle | undefined): boolean {
  if (current === undefined || previous === undefined) return true;
  const [now, before] = [current.metadata, previous.metadata];
  return now.generation !== before.generation || now.deletionTimestamp !== before.deletionTimestamp;
}

function nameOf(work: Work): string {
  return work.slice(work.indexOf('/') + 1);
}
