import { setMaxListeners } from 'node:events';
import { labels } from '../../federation/api';
import { type Clock, type Logger, toFlotillaError } from '../../kernel';
import { Informer, type KubeClient, type Random } from '../../kube';
import { coreKinds, type KubeObject, type ResourceKind } from '../../kube/schema';
import type { KindName } from '../apply/managed-kinds';
import { bundleOf, identityOf } from '../apply/plan-apply';
import type { Pod } from '../../istio';

/** What a target cluster tells its owner; all handlers must only enqueue. */
export interface TargetClusterEvents {
  /** An object of a bundle changed. */
  readonly onObject: (bundle: string) => void;
  /** Pods of a namespace changed. */
  readonly onPods: (namespace: string) => void;
  /** Nodes, namespaces or the connection changed. */
  readonly onCluster: () => void;
}

/** What a target cluster is made of. */
export interface TargetClusterOptions extends TargetClusterEvents {
  readonly name: string;
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

const BY_BUNDLE = 'bundle';
const SYNC_TIMEOUT_MS = 10_000;
const NOT_SERVED_FOR_MS = 60_000;

/** One cluster that bundles are applied to: its client, and what the agent follows there. Watches start when first asked for. */
export class TargetCluster {
  readonly nodes: Informer;
  readonly namespaces: Informer;
  private readonly owned = new Map<string, Informer>();
  private readonly podsByNamespace = new Map<string, Informer<Pod>>();
  private readonly notServedUntilMs = new Map<string, number>();

  constructor(private readonly options: TargetClusterOptions) {
    this.nodes = this.follow(coreKinds.node, { transform: onlyMetadata });
    this.namespaces = this.follow(coreKinds.namespace, { transform: onlyMetadata });
    for (const informer of [this.nodes, this.namespaces]) {
      informer.onChange(() => options.onCluster());
      informer.onState(() => options.onCluster());
      informer.start();
    }
  }

  get name(): string {
    return this.options.name;
  }

  get client(): KubeClient {
    return this.options.client;
  }

  /**
   * Follows the labelled objects of these kinds, and waits until they are known.
   * @throws FlotillaError FLO2030 or KubeApiError when the cluster does not answer; a kind that is not served has no objects
   */
  async followKinds(kinds: readonly KindName[], signal: AbortSignal): Promise<void> {
    const informers = await Promise.all(kinds.map((kind) => this.ownedInformer(kind)));
    const waiting = informers.filter((informer) => informer !== undefined).filter((informer) => !informer.isSynced);
    if (waiting.length > 0) await this.synced(waiting, signal);
  }

  /** Objects that carry the label of a bundle, as last seen. */
  objectsOf(bundle: string): readonly KubeObject[] {
    return [...this.owned.values()].flatMap((informer) => informer.byIndex(BY_BUNDLE, bundle));
  }

  /** An object that any bundle owns, or a namespace, as last seen. */
  find(identity: string, { metadata, kind, apiVersion }: KubeObject): KubeObject | undefined {
    if (kind === 'Namespace') return this.namespaces.get(metadata.name);
    const key = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
    const found = this.owned.get(`${apiVersion}/${kind}`)?.get(key);
    return found !== undefined && identityOf(found) === identity ? found : undefined;
  }

  /** Pods of a namespace, as last seen; undefined until they are known. */
  pods(namespace: string): readonly Pod[] | undefined {
    let informer = this.podsByNamespace.get(namespace);
    if (informer === undefined) {
      informer = this.follow<Pod>(coreKinds.pod, { namespace, transform: onlyReadiness });
      informer.onChange(() => this.options.onPods(namespace));
      this.podsByNamespace.set(namespace, informer);
      informer.start();
    }
    return informer.isSynced ? informer.list() : undefined;
  }

  /** Why the cluster cannot be followed at the moment; undefined while it can. */
  get trouble(): string | undefined {
    const { state } = this.nodes;
    return 'error' in state ? state.error.message : undefined;
  }

  async close(): Promise<void> {
    const informers = [this.nodes, this.namespaces, ...this.owned.values(), ...this.podsByNamespace.values()];
    await Promise.all(informers.map((informer) => informer.stop()));
  }

  private async ownedInformer(name: KindName): Promise<Informer | undefined> {
    const key = `${name.apiVersion}/${name.kind}`;
    const known = this.owned.get(key);
    if (known !== undefined || this.isKnownNotServed(key)) return known;
    const kind = await this.kindOf(key, name);
    if (kind === undefined) return undefined;
    const started = this.owned.get(key) ?? this.startOwned(key, kind);
    return started;
  }

  private startOwned(key: string, kind: ResourceKind): Informer {
    const informer = this.follow(kind, { labelSelector: labels.bundle, indexers: { [BY_BUNDLE]: bundleIndex } });
    informer.onChange((_key, current, previous) => {
      const bundle = bundleOf(current ?? previous ?? NO_OBJECT);
      if (bundle !== undefined) this.options.onObject(bundle);
    });
    this.owned.set(key, informer);
    informer.start();
    return informer;
  }

  /** undefined when the cluster does not serve the kind; asked anew after a while, since CRDs come and go. */
  private async kindOf(key: string, { apiVersion, kind }: KindName): Promise<ResourceKind | undefined> {
    try {
      return await this.options.client.kindOf(apiVersion, kind);
    } catch (cause) {
      const error = toFlotillaError(cause);
      if (error.code !== 'FLO2014') throw error;
      this.notServedUntilMs.set(key, this.options.clock.nowMs() + NOT_SERVED_FOR_MS);
      return undefined;
    }
  }

  private isKnownNotServed(key: string): boolean {
    return (this.notServedUntilMs.get(key) ?? 0) > this.options.clock.nowMs();
  }

  private async synced(informers: readonly Informer[], signal: AbortSignal): Promise<void> {
    const waiting = new AbortController();
    setMaxListeners(informers.length + 1, waiting.signal);
    const abort = (): void => waiting.abort();
    const stop = this.options.clock.after(SYNC_TIMEOUT_MS, abort);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await Promise.all(informers.map((informer) => informer.whenSynced(waiting.signal)));
    } finally {
      stop();
      signal.removeEventListener('abort', abort);
    }
  }

  private follow<Kind extends KubeObject = KubeObject>(
    kind: ResourceKind,
    selection: Pick<
      ConstructorParameters<typeof Informer<Kind>>[0],
      'namespace' | 'labelSelector' | 'transform' | 'indexers'
    >,
  ): Informer<Kind> {
    const { client, clock, random, logger } = this.options;
    return new Informer<Kind>({ client, kind, clock, random, logger, ...selection });
  }
}

const NO_OBJECT: KubeObject = { apiVersion: '', kind: '', metadata: { name: '' } };

function bundleIndex(object: KubeObject): readonly string[] {
  const bundle = bundleOf(object);
  return bundle === undefined ? [] : [bundle];
}

function onlyMetadata({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  return { apiVersion, kind, metadata };
}

/** Pods are many: only what counts endpoints and finds nodes is kept. */
function onlyReadiness({ apiVersion, kind, metadata, spec, status }: Pod): Pod {
  const { name, namespace, labels: podLabels, deletionTimestamp, resourceVersion, uid } = metadata;
  const ready = status?.conditions?.filter(({ type }) => type === 'Ready');
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(podLabels === undefined ? {} : { labels: podLabels }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(uid === undefined ? {} : { uid }),
    },
    spec: spec?.nodeName === undefined ? {} : { nodeName: spec.nodeName },
    status: {
      ...(status?.phase === undefined ? {} : { phase: status.phase }),
      ...(ready === undefined ? {} : { conditions: ready }),
    },
  };
}
