import type { LabelSelector } from '../../federation/api';
import { coreKinds, type KubeObject } from '../../kube/schema';
import type { ClusterObject } from '../model';
import type { FollowedKind } from './followed-kind';
import { KindSource, type NamespaceScope, type SourceContext } from './kind-source';
import { formatLabelSelector } from './label-selector';
import type { SourceState } from './source-state';
import { stripAnnotations } from './strip-object';

/** Which part of a cluster belongs to the mesh. */
export interface DiscoveryScope {
  /** Namespaces that the mesh sees, any of these; none given, all. */
  readonly selectors: readonly LabelSelector[];
  /** Namespaces that are read whatever their labels are: the mesh's root, its gateways. */
  readonly always: readonly string[];
  /** Where gateways, and so their Secrets, are. */
  readonly gatewayNamespaces: readonly string[];
}

/**
 * Everything that discovery reads from one cluster. Namespaces are selected by the API server, and with selectors every other
 * kind is watched only in the selected ones, so that what is received grows with the mesh and not with the cluster.
 */
export class ClusterSource {
  private readonly namespaces: readonly KindSource[];
  private readonly kinds: readonly { readonly followed: FollowedKind; readonly source: KindSource }[];
  private refreshPending = false;
  private stopped = false;

  constructor(
    followedKinds: readonly FollowedKind[],
    private readonly scope: DiscoveryScope,
    private readonly context: SourceContext,
  ) {
    const own: SourceContext = { ...context, changed: () => this.refreshSoon() };
    const selectors = scope.selectors.length === 0 ? [''] : scope.selectors.map(formatLabelSelector);
    const namespace = { kind: coreKinds.namespace, strip: stripAnnotations };
    this.namespaces = selectors.map((selector) => new KindSource(namespace, own, selector));
    this.kinds = followedKinds.map((followed) => ({ followed, source: new KindSource(followed, context) }));
  }

  get cluster(): string {
    return this.context.client.cluster;
  }

  /** Whether all that is selected was read once. */
  get isSettled(): boolean {
    if (this.refreshPending) return false;
    return this.namespaces.every((source) => source.isSettled) && this.kinds.every(({ source }) => source.isSettled);
  }

  start(): void {
    for (const source of this.namespaces) source.follow('all');
    this.refresh();
  }

  /** All objects, each Namespace once. */
  objects(): readonly ClusterObject[] {
    const { cluster } = this;
    const objects = [...this.selectedNamespaces().values(), ...this.kinds.flatMap(({ source }) => source.objects())];
    return objects.map((object) => ({ cluster, object }));
  }

  states(): readonly SourceState[] {
    return [...this.namespaces, ...this.kinds.map(({ source }) => source)].flatMap((source) => source.states());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.namespaces, ...this.kinds.map(({ source }) => source)].map((source) => source.stop()));
  }

  /** Namespaces come many at a time; the kinds are brought in line once. */
  private refreshSoon(): void {
    if (this.refreshPending) return;
    this.refreshPending = true;
    queueMicrotask(() => this.refresh());
  }

  private refresh(): void {
    this.refreshPending = false;
    if (this.stopped) return;
    for (const { followed, source } of this.kinds) source.follow(this.reachOf(followed));
    this.context.changed();
  }

  private reachOf({ reach }: FollowedKind): NamespaceScope {
    if (reach === 'cluster') return 'all';
    if (reach === 'gateways') return new Set(this.scope.gatewayNamespaces);
    if (this.scope.selectors.length === 0) return 'all';
    return new Set([...this.scope.always, ...this.selectedNamespaces().keys()]);
  }

  private selectedNamespaces(): ReadonlyMap<string, KubeObject> {
    const all = this.namespaces.flatMap((source) => source.objects());
    return new Map(all.map((namespace) => [namespace.metadata.name, namespace]));
  }
}
