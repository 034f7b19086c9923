import type { Clock, Logger, Stop } from '../../kernel';
import { Informer, type KubeClient } from '../../kube';
import type { KubeObject } from '../../kube/schema';
import type { FollowedKind } from './followed-kind';
import { type SourceState, stateKindOf } from './source-state';

/** What every source of a cluster works with. */
export interface SourceContext {
  readonly client: Pick<KubeClient, 'cluster' | 'list' | 'watchBatches'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Objects have changed, or a source has changed its state. */
  changed(): void;
}

/** Namespaces to read: all, in one watch, or these, in one watch each. */
export type NamespaceScope = 'all' | ReadonlySet<string>;

interface Follower {
  readonly informer: Informer;
  readonly stopListening: readonly Stop[];
}

const ALL = '';

/**
 * One kind of one cluster, read from the namespaces of a scope. A namespace that leaves the scope takes its objects with it;
 * a server that cannot be reached takes nothing.
 */
export class KindSource {
  private readonly followers = new Map<string, Follower>();
  private readonly stopping = new Set<Promise<void>>();

  constructor(
    private readonly followed: Pick<FollowedKind, 'kind' | 'strip'>,
    private readonly context: SourceContext,
    private readonly labelSelector?: string,
  ) {}

  /** Whether everything in scope was read once, or cannot be read because it is absent or forbidden. */
  get isSettled(): boolean {
    return [...this.followers.values()].every(({ informer }) => isSettled(informer));
  }

  /** Reads these namespaces from now on. */
  follow(scope: NamespaceScope): void {
    const wanted = scope === 'all' ? new Set([ALL]) : scope;
    for (const [namespace, follower] of this.followers) if (!wanted.has(namespace)) this.drop(namespace, follower);
    for (const namespace of wanted) if (!this.followers.has(namespace)) this.add(namespace);
  }

  objects(): readonly KubeObject[] {
    return [...this.followers.values()].flatMap(({ informer }) => informer.list());
  }

  states(): readonly SourceState[] {
    const { kind } = this.followed;
    return [...this.followers].map(([namespace, { informer }]) => ({
      cluster: this.context.client.cluster,
      resource: kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`,
      ...(namespace === ALL ? {} : { namespace }),
      state: stateKindOf(informer.state),
      objects: informer.size,
      ...('sinceMs' in informer.state ? { sinceMs: informer.state.sinceMs } : {}),
      ...('error' in informer.state ? { message: informer.state.error.message } : {}),
    }));
  }

  /** Ends every watch; what was read stays readable. */
  async stop(): Promise<void> {
    for (const follower of this.followers.values()) this.end(follower);
    await Promise.all(this.stopping);
  }

  private add(namespace: string): void {
    const { followed, context, labelSelector } = this;
    const informer = new Informer({
      client: context.client,
      kind: followed.kind,
      transform: followed.strip,
      clock: context.clock,
      random: context.random,
      logger: context.logger,
      ...(namespace === ALL ? {} : { namespace }),
      ...(labelSelector ? { labelSelector } : {}),
    });
    const changed = (): void => context.changed();
    const stopListening = [informer.onChange(changed), informer.onState(changed)];
    this.followers.set(namespace, { informer, stopListening });
    informer.start();
  }

  private drop(namespace: string, follower: Follower): void {
    this.followers.delete(namespace);
    this.end(follower);
    this.context.changed();
  }

  private end({ informer, stopListening }: Follower): void {
    for (const stop of stopListening) stop();
    const stopped = informer.stop().finally(() => this.stopping.delete(stopped));
    this.stopping.add(stopped);
  }
}

function isSettled(informer: Informer): boolean {
  const state = stateKindOf(informer.state);
  return informer.isSynced || state === 'Absent' || state === 'Forbidden';
}
