import type { Clock } from '../../../kernel';
import { apiVersionOf, type KubeObject, type ObjectMeta } from '../../schema';
import { ApiError } from '../api-error';
import type { StreamSink } from '../http/api-exchange';
import type { Representation } from '../http/negotiate';
import { inVersion } from '../registry/object-registry';
import type { ServedKind } from '../resources/served-kind';
import { type ObjectStore, RevisionCompactedError, type StoredObject, type StoreEvent } from '../storage';
import { shapeObject } from './encode-objects';
import type { EventLines } from './event-lines';
import { type Selection, seenType } from './selection';

/** How watches behave; tests shorten it. */
export interface WatchSettings {
  /** Between two bookmarks. */
  readonly bookmarkIntervalMs: number;
  /** The longest a watch lasts; the client's `timeoutSeconds` may shorten it. */
  readonly maxDurationMs: number;
}

/** What watches share. */
export interface WatchContext {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly lines: EventLines;
  readonly settings: WatchSettings;
}

/** What a watch sends before news: nothing but the events since a revision, or the whole state, perhaps with a mark at its end. */
export type InitialState = 'none' | 'state' | 'state-with-end';

/** What one watch is about. */
export interface WatchPlan {
  readonly kind: ServedKind;
  readonly namespace: string;
  readonly selection: Selection;
  readonly representation: Representation;
  readonly includeObject: string | null;
  readonly initial: InitialState;
  readonly bookmarks: boolean;
  readonly fromRevision: number;
  readonly durationMs: number;
}

/** One thing to send. */
type WatchItem =
  | { readonly type: StoreEvent['type']; readonly object: StoredObject }
  | { readonly type: 'BOOKMARK'; readonly revision: number; readonly initialEventsEnd?: boolean };

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';
/** News that may wait behind a state that a client reads too slowly. */
const MAX_LATE_BYTES = 16 * 1024 * 1024;

/**
 * One running watch. The state, or the past, goes out as fast as the client reads it, and news waits behind it; then news goes out
 * at once. Owns its subscription and timers; all end with the sink or the time-out.
 */
export class RunningWatch {
  private readonly stops: (() => void)[] = [];
  private stopBookmarks = (): void => undefined;
  /** What is to be sent before news; undefined when all of it is. */
  private backlog: Iterator<WatchItem, void> | undefined;
  private late: WatchItem[] = [];
  private lateBytes = 0;

  constructor(
    private readonly plan: WatchPlan,
    private readonly context: WatchContext,
    private readonly sink: StreamSink,
  ) {}

  /** Takes the state and subscribes within one turn, so that no event falls between. */
  start(): void {
    const table = this.context.store.table(this.plan.kind.resource);
    try {
      this.backlog = this.wholeBacklog(this.plan.initial === 'none' ? this.past() : this.state());
    } catch (cause) {
      if (!(cause instanceof RevisionCompactedError)) throw cause;
      this.sendError(new ApiError('Expired', cause.message));
      return;
    }
    this.stops.push(table.subscribe((event) => this.onEvent(event)));
    this.stops.push(this.context.clock.after(this.plan.durationMs, () => this.finish()));
    if (this.plan.bookmarks) this.scheduleBookmark();
    this.sink.onceClosed(() => this.finish());
    this.sendBacklog();
  }

  /** What happened since the client's revision. */
  private past(): Iterable<WatchItem> {
    const { kind, fromRevision } = this.plan;
    const events = this.context.store.table(kind.resource).eventsAfter(fromRevision);
    return events.flatMap((event) => this.itemOf(event) ?? []);
  }

  /** The objects of this moment; they are filtered and encoded when their turn comes. */
  private state(): Iterable<WatchItem> {
    const { kind, namespace, selection, initial } = this.plan;
    const { store } = this.context;
    const { objects } = store.table(kind.resource).list(namespace === '' ? {} : { namespace });
    const end: WatchItem = { type: 'BOOKMARK', revision: store.revision, initialEventsEnd: true };
    return (function* () {
      for (const object of objects) if (selection.selects(object)) yield { type: 'ADDED', object };
      if (initial === 'state-with-end') yield end;
    })();
  }

  private *wholeBacklog(first: Iterable<WatchItem>): Generator<WatchItem, void, undefined> {
    yield* first;
    for (let item = this.late.shift(); item !== undefined; item = this.late.shift()) {
      this.lateBytes -= sizeOf(item);
      yield item;
    }
  }

  private sendBacklog(): void {
    while (this.backlog !== undefined) {
      const next = this.backlog.next();
      if (next.done === true) this.backlog = undefined;
      else if (!this.send(next.value)) return this.sink.onceDrained(() => this.sendBacklog());
    }
  }

  private onEvent(event: StoreEvent): void {
    const item = this.itemOf(event);
    if (item === undefined) return;
    if (this.backlog === undefined) this.send(item);
    else this.sendLater(item);
  }

  private sendLater(item: WatchItem): void {
    this.late.push(item);
    this.lateBytes += sizeOf(item);
    if (this.lateBytes > MAX_LATE_BYTES) this.sink.breakOff();
  }

  /** An event as this watch's client sees it, if it does. */
  private itemOf(event: StoreEvent): WatchItem | undefined {
    const { namespace, selection } = this.plan;
    if (namespace !== '' && event.object.key.namespace !== namespace) return undefined;
    const type = seenType(selection, event);
    return type && { type, object: event.object };
  }

  private send(item: WatchItem): boolean {
    if (item.type === 'BOOKMARK') return this.sendBookmark(item.revision, item.initialEventsEnd);
    const { type, object } = item;
    const { representation, kind, includeObject } = this.plan;
    if (representation.as === undefined) return this.sink.write(this.context.lines.lineOf(kind, type, object));
    const options = { includeObject, nowMs: this.context.clock.nowMs() };
    const shaped = shapeObject(kind, inVersion(kind, object.parse()), representation, options);
    return this.sink.write(lineOf(type, shaped));
  }

  private sendBookmark(revision: number, initialEventsEnd = false): boolean {
    const { kind, representation } = this.plan;
    const metadata: Partial<ObjectMeta> = {
      resourceVersion: String(revision),
      ...(initialEventsEnd ? { annotations: { [INITIAL_EVENTS_END]: 'true' } } : {}),
    };
    const object: KubeObject = {
      kind: kind.kind,
      apiVersion: apiVersionOf(kind),
      metadata: metadata as KubeObject['metadata'],
    };
    return this.sink.write(
      lineOf('BOOKMARK', representation.as === undefined ? object : bookmarkShape(object, representation)),
    );
  }

  /** A bookmark may not overtake what it stands for: none while something waits. */
  private scheduleBookmark(): void {
    this.stopBookmarks = this.context.clock.after(this.context.settings.bookmarkIntervalMs, () => {
      if (this.backlog === undefined) this.sendBookmark(this.context.store.revision);
      this.scheduleBookmark();
    });
  }

  private sendError(error: ApiError): void {
    this.sink.write(lineOf('ERROR', error.toStatus()));
    this.sink.end();
  }

  private finish(): void {
    for (const stop of this.stops.splice(0)) stop();
    this.stopBookmarks();
    this.backlog = undefined;
    this.late = [];
    this.sink.end();
  }
}

function lineOf(type: string, object: unknown): Buffer {
  return Buffer.from(`${JSON.stringify({ type, object })}\n`);
}

function sizeOf(item: WatchItem): number {
  return item.type === 'BOOKMARK' ? 0 : item.object.json.length;
}

function bookmarkShape(object: KubeObject, { as }: Representation): unknown {
  if (as === 'Table')
    return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata, columnDefinitions: [], rows: [] };
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}
