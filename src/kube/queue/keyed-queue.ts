import { type Clock, type FlotillaError, type Logger, type Stop, toFlotillaError } from '../../kernel';
import { type Backoff, halfJitterMs, type Random } from '../backoff';
import { KubeApiError } from '../client/kube-api-error';
import type { QueueMetrics } from './queue-metrics';
import { ReadyKeys } from './ready-keys';

/** What a run may ask for: another run later, for work that depends on time. */
export interface RunResult {
  readonly requeueAfterMs?: number;
}

/** What a queue runs, and how. */
export interface KeyedQueueOptions<K extends string> {
  /** Name in logs and metrics. */
  readonly name: string;
  /**
   * Makes the world match for one key. Rejecting means: again, after a back-off, unless the error's `retry` says
   * otherwise.
   */
  readonly run: (key: K, signal: AbortSignal) => Promise<RunResult | void>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Runs at once, 4 unless given; `Number.POSITIVE_INFINITY` where only the groups are to be bounded. */
  readonly concurrency?: number;
  /** Keys of one group, a cluster for example, take turns with the other groups. */
  readonly groupOf?: (key: K) => string;
  /** Runs at once within a group, so that one slow cluster cannot hold every place. As `concurrency` unless given. */
  readonly groupConcurrency?: number;
  /** Waits after failures of one key, 0.2 s to 60 s unless given. */
  readonly backoff?: Backoff;
  readonly onFailure?: (key: K, error: FlotillaError) => void;
  readonly metrics?: QueueMetrics;
}

/** How a queue stands now. */
export interface QueueNumbers {
  readonly waiting: number;
  readonly running: number;
  /** Keys that wait for their time: back-off, or `afterMs`. */
  readonly delayed: number;
  /** How long the longest-waiting ready key has waited. */
  readonly oldestWaitMs: number;
}

/** Options of an add. */
export interface AddOptions {
  /** Higher runs first; 0 unless given. {@link INITIAL_LIST_PRIORITY} keeps a first list behind real changes. */
  readonly priority?: number;
  /** Not before this time is over. */
  readonly afterMs?: number;
}

/** Priority of keys that come from a first list rather than from a change. */
export const INITIAL_LIST_PRIORITY = -100;

/** Conflicts in a row that say nothing but that others write, too. */
const ORDINARY_CONFLICTS = 3;

const BACKOFF: Backoff = { initialMs: 200, maxMs: 60_000 };

interface Delayed {
  readonly dueMs: number;
  readonly priority: number;
  readonly stop: Stop;
}

/**
 * Runs one job per key at a time and folds repeated adds into one run. A key added while it runs is run once more
 * afterwards, so no change is lost. What can happen to a key: added (ready or delayed) → taken → run → forgotten, or
 * back after a wait.
 */
export class KeyedQueue<K extends string = string> {
  private readonly ready: ReadyKeys<K>;
  private readonly readySinceMs = new Map<K, number>();
  /** Running keys, with the priority of an add meanwhile. */
  private readonly running = new Map<K, { again: number | undefined }>();
  private readonly runningPerGroup = new Map<string, number>();
  private readonly delayed = new Map<K, Delayed>();
  private readonly failures = new Map<K, number>();
  private readonly idleWaiters = new Set<() => void>();
  private readonly stopping = new AbortController();
  private readonly groupOf: (key: K) => string;
  private readonly stopMetrics: Stop;

  constructor(private readonly options: KeyedQueueOptions<K>) {
    this.groupOf = options.groupOf ?? (() => '');
    this.ready = new ReadyKeys(this.groupOf);
    this.stopMetrics = options.metrics?.followDepth(options.name, () => this.ready.size) ?? (() => undefined);
  }

  /** Nothing happens after `stop`. Of several waits for one key the shortest counts. */
  add(key: K, { priority = 0, afterMs = 0 }: AddOptions = {}): void {
    if (this.stopping.signal.aborted) return;
    this.options.metrics?.countAdd(this.options.name);
    if (afterMs > 0) return this.delay(key, priority, afterMs);
    this.undelay(key);
    this.makeReady(key, priority);
    this.pump();
  }

  /** Drops a key's failures and what waits for it; a run under way is not touched. */
  forget(key: K): void {
    this.failures.delete(key);
    this.undelay(key);
  }

  get numbers(): QueueNumbers {
    const nowMs = this.options.clock.nowMs();
    // Kept in the order in which they became ready.
    const [since = nowMs] = this.readySinceMs.values();
    return {
      waiting: this.ready.size,
      running: this.running.size,
      delayed: this.delayed.size,
      oldestWaitMs: Math.max(0, nowMs - since),
    };
  }

  /** Resolves when nothing is ready or running; keys that wait for their time do not count. */
  idle(): Promise<void> {
    if (this.isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.idleWaiters.add(resolve));
  }

  /** Starts nothing more, aborts the signal of the runs under way and waits for them. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.stopMetrics();
    for (const key of [...this.delayed.keys()]) this.undelay(key);
    while (this.ready.take(() => true) !== undefined); // drops what had not begun
    this.readySinceMs.clear();
    await this.idle();
  }

  private makeReady(key: K, priority: number): void {
    const run = this.running.get(key);
    if (run !== undefined) {
      run.again = Math.max(priority, run.again ?? priority);
      return;
    }
    if (!this.ready.has(key)) this.readySinceMs.set(key, this.options.clock.nowMs());
    this.ready.add(key, priority);
  }

  private delay(key: K, priority: number, afterMs: number): void {
    const { clock } = this.options;
    const before = this.delayed.get(key);
    const dueMs = Math.min(clock.nowMs() + afterMs, before?.dueMs ?? Number.POSITIVE_INFINITY);
    const highest = Math.max(priority, before?.priority ?? priority);
    before?.stop();
    const stop = clock.after(dueMs - clock.nowMs(), () => this.add(key, { priority: highest }));
    this.delayed.set(key, { dueMs, priority: highest, stop });
  }

  private undelay(key: K): void {
    this.delayed.get(key)?.stop();
    this.delayed.delete(key);
  }

  private pump(): void {
    const concurrency = this.options.concurrency ?? 4;
    const perGroup = this.options.groupConcurrency ?? concurrency;
    while (this.running.size < concurrency && !this.stopping.signal.aborted) {
      const next = this.ready.take((group) => (this.runningPerGroup.get(group) ?? 0) < perGroup);
      if (next === undefined) return;
      void this.start(next.key, next.priority);
    }
  }

  private async start(key: K, priority: number): Promise<void> {
    const { clock, run, name, metrics } = this.options;
    const startedMs = clock.nowMs();
    const waitedMs = startedMs - (this.readySinceMs.get(key) ?? startedMs);
    this.readySinceMs.delete(key);
    const place = { again: undefined as number | undefined };
    this.running.set(key, place);
    this.countGroup(key, 1);
    let outcome: RunResult | FlotillaError;
    try {
      outcome = (await run(key, this.stopping.signal)) ?? {};
    } catch (cause) {
      outcome = toFlotillaError(cause);
    }
    this.running.delete(key);
    this.countGroup(key, -1);
    const succeeded = !(outcome instanceof Error);
    if (outcome instanceof Error) this.handleFailure(key, priority, outcome);
    else this.handleSuccess(key, priority, outcome);
    if (place.again !== undefined) this.add(key, { priority: place.again });
    metrics?.observeRun(name, { waitedMs, tookMs: clock.nowMs() - startedMs, succeeded });
    this.pump();
    this.settleIdle();
  }

  private handleSuccess(key: K, priority: number, { requeueAfterMs }: RunResult): void {
    this.failures.delete(key);
    if (requeueAfterMs !== undefined) this.add(key, { priority, afterMs: Math.max(1, requeueAfterMs) });
  }

  private handleFailure(key: K, priority: number, error: FlotillaError): void {
    if (this.stopping.signal.aborted) return;
    const { name, logger, random, backoff = BACKOFF, metrics } = this.options;
    const failures = (this.failures.get(key) ?? 0) + 1;
    const afterMs = error.retry === 'backoff' ? Math.max(1, halfJitterMs(backoff, failures, random)) : undefined;
    const level = isOrdinary(error, failures) ? 'debug' : 'warn';
    // Not `key`: logs leave that word out, because it is most often the one of a certificate.
    logger[level]('a run failed', {
      queue: name,
      object: key,
      failures,
      code: error.code,
      reason: error.message,
      afterMs,
    });
    this.tellFailure(key, error);
    if (afterMs === undefined) return void this.failures.delete(key);
    this.failures.set(key, failures);
    metrics?.countRetry(name);
    this.add(key, { priority, afterMs });
  }

  /** A listener that throws must not cost the key its next run. */
  private tellFailure(key: K, error: FlotillaError): void {
    try {
      this.options.onFailure?.(key, error);
    } catch (cause) {
      const reason = toFlotillaError(cause).message;
      this.options.logger.error('a listener of a queue failed', { queue: this.options.name, object: key, reason });
    }
  }

  private countGroup(key: K, by: 1 | -1): void {
    const group = this.groupOf(key);
    const count = (this.runningPerGroup.get(group) ?? 0) + by;
    if (count === 0) this.runningPerGroup.delete(group);
    else this.runningPerGroup.set(group, count);
  }

  private isIdle(): boolean {
    return this.running.size === 0 && this.ready.size === 0;
  }

  private settleIdle(): void {
    if (!this.isIdle()) return;
    for (const resolve of this.idleWaiters) resolve();
    this.idleWaiters.clear();
  }
}

/** Writing what was read a moment ago fails now and then when others write as well, and is simply done again; only to fail so for ever is news. */
function isOrdinary(error: FlotillaError, failures: number): boolean {
  const isStale = error instanceof KubeApiError && error.reason === 'Conflict' && error.causes.length === 0;
  return isStale && failures <= ORDINARY_CONFLICTS;
}
