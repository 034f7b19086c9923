import { type Clock, type FlotillaError, pause, toFlotillaError } from '../../kernel';
import { type Backoff, fullJitterMs, type Random } from '../backoff';
import type { KubeClient } from '../client/kube-client';
import { KubeApiError } from '../client/kube-api-error';
import type { Selection, WatchOptions } from '../client/request-options';
import type { WatchEvent } from '../client/watch-event';
import type { KubeObject, ResourceKind } from '../schema';
import { compareResourceVersions } from './compare-resource-versions';
import { ObjectCache } from './object-cache';

/** An event that carries an object. */
export type ObjectEvent<T extends KubeObject> = Extract<WatchEvent<T>, { readonly object: T }>;

/** Where a reflector puts what it learns. */
export interface ReflectorSink<T extends KubeObject> {
  /** Drops what is not stored; called once per received object, before it is kept anywhere. */
  prepare(object: T): T;
  /** The whole state is this. */
  replace(objects: readonly T[]): void;
  /** One piece of news, already prepared. */
  apply(event: ObjectEvent<T>): void;
  /** News flows (again). */
  live(): void;
  /** News does not flow, for this reason. */
  broken(error: FlotillaError): void;
}

/** What a reflector follows, and with what. */
export interface ReflectorOptions<T extends KubeObject> {
  readonly client: Pick<KubeClient, 'cluster' | 'list' | 'watchBatches'>;
  readonly kind: ResourceKind;
  readonly selection: Selection;
  readonly sink: ReflectorSink<T>;
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff: Backoff;
  readonly inactivityMs: number;
}

/** Who is asked to stay away for a day by a proxy that is wrong would be blind for a day. */
const LONGEST_ASKED_MS = 5 * 60_000;
const WATCH_SECONDS = { least: 300, most: 600 };

/**
 * Follows one kind: the whole state first, streamed (KEP-3157 WatchList) or in pages, then news, resumed after a
 * break at the last version or bookmark seen. 410 means the state anew. Every failure is followed by a jittered wait
 * and another try, for ever.
 */
export class Reflector<T extends KubeObject> {
  /** Where the news goes on; undefined when the whole state is needed. */
  private version: string | undefined;
  private offersWatchList = true;
  private failures = 0;
  private watching: AbortController | undefined;

  constructor(private readonly options: ReflectorOptions<T>) {}

  /** The last version seen. */
  get resourceVersion(): string | undefined {
    return this.version;
  }

  /** Runs until the signal aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, backoff } = this.options;
    while (!signal.aborted) {
      const startedMs = clock.nowMs();
      const failure = await this.followOnce(signal);
      if (signal.aborted) return;
      // Only a watch that lived counts as recovery: one that is cut again and again has to wait longer and longer.
      this.failures = clock.nowMs() - startedMs >= backoff.maxMs ? 0 : this.failures + 1;
      if (failure === undefined && this.failures === 0) continue;
      const jitterMs = fullJitterMs(backoff, Math.max(1, this.failures), random);
      await pause(clock, Math.max(jitterMs, this.takeFailure(failure)), signal);
    }
  }

  /** Fetches the whole state again, now. */
  resync(): void {
    this.version = undefined;
    this.watching?.abort();
  }

  /** Notes what broke; returns how long the server asked to be left alone. */
  private takeFailure(failure: FlotillaError | undefined): number {
    if (failure === undefined) return 0;
    this.options.sink.broken(failure);
    if (!(failure instanceof KubeApiError)) return 0;
    if (failure.isGone) this.version = undefined;
    return Math.min(failure.retryAfterMs ?? 0, LONGEST_ASKED_MS);
  }

  /** One list and watch, until it ends: with the error that ended it, or undefined when it ended in good order. */
  private async followOnce(signal: AbortSignal): Promise<FlotillaError | undefined> {
    const watching = new AbortController();
    const abort = (): void => watching.abort();
    signal.addEventListener('abort', abort, { once: true });
    this.watching = watching;
    try {
      if (this.version === undefined && this.offersWatchList) await this.watchFromStart(watching.signal);
      else await this.watchOn(this.version ?? (await this.listAll(watching.signal)), watching.signal);
      return undefined;
    } catch (cause) {
      return watching.signal.aborted ? undefined : toFlotillaError(cause);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  private async listAll(signal: AbortSignal): Promise<string> {
    const { client, kind, selection, sink } = this.options;
    const { items, resourceVersion } = await client.list<T>(kind, { ...selection, signal });
    sink.replace(items.map((item) => sink.prepare(item)));
    this.version = resourceVersion;
    return resourceVersion;
  }

  private async watchOn(resourceVersion: string, signal: AbortSignal): Promise<void> {
    for await (const batch of this.open({ resourceVersion, signal, inactivityMs: this.options.inactivityMs })) {
      this.options.sink.live();
      for (const event of batch) this.takeNews(event);
    }
  }

  /** Collects the initial events apart; only when they are complete do they become the state. */
  private async watchFromStart(signal: AbortSignal): Promise<void> {
    const { inactivityMs } = this.options;
    const collected = new ObjectCache<T>();
    let isComplete = false;
    try {
      for await (const batch of this.open({ sendInitialEvents: true, signal, inactivityMs })) {
        for (const event of batch) {
          if (isComplete) this.takeNews(event);
          else isComplete = this.collect(collected, event);
        }
      }
    } catch (cause) {
      const doubt = isComplete ? undefined : doubtAbout(cause);
      if (doubt === undefined) throw cause;
      this.offersWatchList = doubt === 'perhaps';
      return this.watchOn(await this.listAll(signal), signal);
    }
    if (!isComplete) throw this.unfinished('the server ended the watch before its initial events were complete');
  }

  /** True when this event completes the initial state. */
  private collect(collected: ObjectCache<T>, event: WatchEvent<T>): boolean {
    const { sink } = this.options;
    if (event.type === 'DELETED') collected.remove(event.object);
    else if (event.type !== 'BOOKMARK') collected.upsert(sink.prepare(event.object));
    if (event.type !== 'BOOKMARK') return false;
    // An ordinary bookmark comes first only from a server that does not know sendInitialEvents.
    if (!event.initialEventsEnd) throw this.unfinished('the server does not know sendInitialEvents');
    this.version = event.resourceVersion;
    sink.replace(collected.list());
    sink.live();
    return true;
  }

  private takeNews(event: WatchEvent<T>): void {
    const { sink } = this.options;
    if (event.type === 'BOOKMARK') return this.advance(event.resourceVersion);
    sink.apply({ type: event.type, object: sink.prepare(event.object) });
    this.advance(event.object.metadata.resourceVersion);
  }

  /** Late news must not set the place to resume from back. */
  private advance(seen: string | undefined): void {
    const order = compareResourceVersions(seen, this.version);
    if (seen !== undefined && seen !== '' && (order === undefined || order > 0)) this.version = seen;
  }

  private open(options: WatchOptions): AsyncIterable<readonly WatchEvent<T>[]> {
    const { client, kind, selection, random } = this.options;
    const timeoutSeconds = Math.round(WATCH_SECONDS.least + random() * (WATCH_SECONDS.most - WATCH_SECONDS.least));
    return client.watchBatches<T>(kind, { ...selection, ...options, timeoutSeconds });
  }

  private unfinished(message: string): KubeApiError {
    const { client, kind, selection } = this.options;
    const { namespace } = selection;
    return new KubeApiError({
      subject: { cluster: client.cluster, verb: 'watching', kind: kind.kind, ...(namespace ? { namespace } : {}) },
      reason: NO_WATCH_LIST,
      message,
    });
  }
}

const NO_WATCH_LIST = 'InitialEventsMissing';

/**
 * Whether a list is the better way: for good when the server refused the parameters (the feature gate is off) or showed
 * that it ignores them, this once when it fell silent (busy, or an old one that ignores them). Trouble of the network
 * says nothing.
 */
function doubtAbout(cause: unknown): 'surely' | 'perhaps' | undefined {
  if (!(cause instanceof KubeApiError)) return undefined;
  if (cause.statusCode === 400 || cause.statusCode === 422 || cause.reason === NO_WATCH_LIST) return 'surely';
  return cause.reason === 'Silent' ? 'perhaps' : undefined;
}
