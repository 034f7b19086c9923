import { type Clock, FlotillaError, type Logger, type Stop, toFlotillaError } from '../../kernel';
import type { Backoff, Random } from '../backoff';
import type { KubeClient } from '../client/kube-client';
import { KubeApiError } from '../client/kube-api-error';
import type { Selection } from '../client/request-options';
import { withoutUndefined } from '../connection/without-undefined';
import { type KubeObject, namespacedName, type ResourceKind } from '../schema';
import { deepFreeze } from './deep-freeze';
import type { Missed } from './find-missed';
import { InformerAudit } from './informer-audit';
import type { InformerLabels, InformerMetrics, InformerReading } from './informer-metrics';
import type { InformerState } from './informer-state';
import { Listeners } from './listeners';
import { type Change, type Indexer, ObjectCache } from './object-cache';
import { Reflector } from './reflector';

/** What an informer follows, and with what. */
export interface InformerOptions<T extends KubeObject> extends Selection {
  readonly client: Pick<KubeClient, 'cluster' | 'list' | 'watchBatches'> & Partial<Pick<KubeClient, 'informerMetrics'>>;
  readonly kind: ResourceKind;
  /** Applied before an object is stored; drops what nobody reads. `managedFields` are gone already. */
  readonly transform?: (object: T) => T;
  readonly indexers?: Readonly<Record<string, Indexer<T>>>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Without news, not even a bookmark, for this long, the connection is taken for dead. 90 s unless given. */
  readonly inactivityMs?: number;
  /** Mean time between two audits, 10 min unless given; 0 turns them off. */
  readonly auditIntervalMs?: number;
  /** Waits between tries, 0.8 s to 30 s unless given. */
  readonly backoff?: Backoff;
}

/**
 * Told of each change of a key, synchronously and in order; must not block: enqueue the key. `isInitial` marks what a
 * first sync, or the registration itself, brings. Objects are frozen.
 */
export type ChangeHandler<T> = (
  key: string,
  current: T | undefined,
  previous: T | undefined,
  isInitial: boolean,
) => void;

const BACKOFF: Backoff = { initialMs: 800, maxMs: 30_000 };
const INACTIVITY_MS = 90_000;
const AUDIT_INTERVAL_MS = 600_000;

/**
 * A local, indexed, frozen copy of the objects of one kind, kept current by one watch. It never gives up: whatever
 * breaks, it keeps what it knows, says so in `state`, and tries again. {@link Reflector} has the rules of following,
 * {@link InformerAudit} the proof.
 */
export class Informer<T extends KubeObject = KubeObject> {
  private readonly cache: ObjectCache<T>;
  private readonly reflector: Reflector<T>;
  private readonly audit: InformerAudit<T>;
  private readonly changes: Listeners<Parameters<ChangeHandler<T>>>;
  private readonly states: Listeners<[InformerState]>;
  private readonly stopping = new AbortController();
  private readonly logger: Logger;
  private readonly labels: InformerLabels;
  private currentState: InformerState = { kind: 'Syncing' };
  private hasSynced = false;
  private missed = 0;
  private running: Promise<unknown> | undefined;
  private readonly metrics: InformerMetrics | undefined;
  private stopMetrics: Stop = () => undefined;

  constructor(private readonly options: InformerOptions<T>) {
    const { client, kind, clock, random, namespace, labelSelector, fieldSelector } = options;
    const selection = withoutUndefined({ namespace, labelSelector, fieldSelector });
    this.metrics = client.informerMetrics;
    this.labels = { cluster: client.cluster, kind: kind.kind };
    this.logger = options.logger.child({ ...this.labels });
    this.cache = new ObjectCache(options.indexers);
    const onFailure = (cause: unknown): void =>
      this.logger.error('a listener of an informer failed', { reason: toFlotillaError(cause).message });
    this.changes = new Listeners(onFailure);
    this.states = new Listeners(onFailure);
    this.reflector = new Reflector({
      ...{ client, kind, selection, clock, random, sink: this.sink() },
      backoff: options.backoff ?? BACKOFF,
      inactivityMs: options.inactivityMs ?? INACTIVITY_MS,
    });
    this.audit = new InformerAudit({
      ...{ client, kind, selection, clock, random, cache: this.cache, logger: this.logger },
      intervalMs: options.auditIntervalMs ?? AUDIT_INTERVAL_MS,
      isLive: () => this.currentState.kind === 'Live',
      version: () => this.reflector.resourceVersion,
      onMissed: (missed) => this.repair(missed),
      onRewound: () => {
        this.logger.warn('the server went back in time, as after a restore; fetching all anew');
        this.reflector.resync();
      },
    });
  }

  get state(): InformerState {
    return this.currentState;
  }

  /** True once the whole state was known; stays true when the connection is lost. */
  get isSynced(): boolean {
    return this.hasSynced;
  }

  /** Changes that audits found and no event had told; anything but 0 is a fault of the watch. */
  get missedEvents(): number {
    return this.missed;
  }

  /** The last version seen. */
  get resourceVersion(): string | undefined {
    return this.reflector.resourceVersion;
  }

  get size(): number {
    return this.cache.size;
  }

  /** Begins to follow; once only. */
  start(): void {
    const { signal } = this.stopping;
    if (this.running !== undefined || signal.aborted) return;
    const read = (): InformerReading => ({ state: this.currentState.kind, objects: this.cache.size });
    this.stopMetrics = this.metrics?.follow(this.labels, read) ?? this.stopMetrics;
    const audits = this.options.auditIntervalMs === 0 ? undefined : this.audit.run(signal);
    this.running = Promise.all([this.reflector.run(signal), audits]);
  }

  /** Ends the watch and every timer. The cache stays readable. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.stopMetrics();
    await this.running;
  }

  /** By `namespace/name`, or the bare name of a cluster-scoped object. */
  get(key: string): T | undefined {
    return this.cache.get(key);
  }

  list(): readonly T[] {
    return this.cache.list();
  }

  /** @throws RangeError for an index that was not declared. */
  byIndex(name: string, key: string): readonly T[] {
    return this.cache.byIndex(name, key);
  }

  /** Tells of what is known already, then of every change. */
  onChange(handler: ChangeHandler<T>): Stop {
    for (const object of this.cache.list()) handler(namespacedName(object), object, undefined, true);
    return this.changes.add(handler);
  }

  onState(handler: (state: InformerState) => void): Stop {
    return this.states.add(handler);
  }

  /**
   * Resolves once the whole state is known. @throws FlotillaError FLO2030 when the signal aborts, or the informer
   * stops, before.
   */
  whenSynced(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sources = [signal, this.stopping.signal];
      const settle = (): void => {
        const isOver = sources.some((source) => source?.aborted);
        if (!this.hasSynced && !isOver) return;
        stopListening();
        for (const source of sources) source?.removeEventListener('abort', settle);
        if (this.hasSynced) resolve();
        else reject(this.notSynced());
      };
      const stopListening = this.states.add(settle);
      for (const source of sources) source?.addEventListener('abort', settle, { once: true });
      settle();
    });
  }

  private sink(): ConstructorParameters<typeof Reflector<T>>[0]['sink'] {
    return {
      prepare: (object) => this.prepare(object),
      replace: (objects) => {
        const changes = this.cache.replace(objects);
        const isInitial = !this.hasSynced;
        this.hasSynced = true;
        this.metrics?.countSync(this.labels);
        for (const change of changes) this.tell(change, isInitial);
      },
      apply: ({ type, object }) => {
        const change = type === 'DELETED' ? this.cache.remove(object) : this.cache.upsert(object);
        if (change !== undefined) this.tell(change, false);
      },
      live: () => this.enter({ kind: 'Live', sinceMs: this.options.clock.nowMs() }),
      broken: (error) => {
        const kind = error instanceof KubeApiError && error.isForbidden ? 'Forbidden' : 'Stalled';
        this.enter({ kind, sinceMs: this.options.clock.nowMs(), error });
      },
    };
  }

  private prepare(object: T): T {
    const { managedFields: _dropped, ...metadata } = object.metadata;
    // Fresh from the wire and nobody else's: copying it as a whole would cost as much as freezing it.
    const lean = Object.assign(object, { metadata });
    return deepFreeze(this.options.transform?.(lean) ?? lean);
  }

  private tell({ key, current, previous }: Change<T>, isInitial: boolean): void {
    this.metrics?.countEvents(this.labels, 1);
    this.changes.tell(key, current, previous, isInitial);
  }

  /** `sinceMs` is when a state began: a further failure of the same kind does not begin it anew. */
  private enter(state: Exclude<InformerState, { kind: 'Syncing' }>): void {
    const before = this.currentState;
    if (before.kind === state.kind && state.kind === 'Live') return;
    this.currentState = before.kind === state.kind ? { ...state, sinceMs: before.sinceMs } : state;
    if (before.kind !== state.kind) this.logChange(state);
    this.states.tell(this.currentState);
  }

  private logChange(state: Exclude<InformerState, { kind: 'Syncing' }>): void {
    if (state.kind === 'Live') return this.logger.info('following', { objects: this.cache.size });
    const { code, message, hint } = state.error;
    this.logger.warn('no news', { state: state.kind, code, reason: message, hint });
  }

  private repair(missed: readonly Missed[]): void {
    this.missed += missed.length;
    this.metrics?.countMissed(this.labels, missed.length);
    this.logger.warn('the audit found changes that no event told; fetching all anew', {
      missed: missed.length,
      first: missed[0]?.key,
    });
    this.reflector.resync();
  }

  private notSynced(): FlotillaError {
    const { client, kind } = this.options;
    const why = 'error' in this.currentState ? this.currentState.error.message : 'the wait was ended';
    return new FlotillaError(`waiting for the ${kind.plural} of cluster ${client.cluster} failed: ${why}`, {
      code: 'FLO2030',
      hint: 'see the state of the informer for what keeps it from syncing',
      cause: 'error' in this.currentState ? this.currentState.error : undefined,
    });
  }
}
