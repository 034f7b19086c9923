import type { Clock } from '../../../kernel';
import { apiVersionOf, type KubeObject } from '../../schema';
import { ApiError, badRequest } from '../api-error';
import type { ApiRequest, ApiResponse, StreamSink } from '../http/api-exchange';
import { negotiate, type Representation } from '../http/negotiate';
import { inVersion, jsonInVersion } from '../registry/object-registry';
import type { Target } from '../registry/write-request';
import { isTrue } from '../request/request-info';
import type { ServedKind } from '../resources/served-kind';
import { type ObjectStore, RevisionCompactedError, type StoredObject, type StoreEvent } from '../storage';
import { RESOURCE_SHAPES, shapeObject } from './encode-objects';
import { revisionOf, waitForRevision } from './list';
import { type Selection, seenType, selectionOf } from './selection';

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

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

type EventType = StoreEvent['type'];

/** Answers `watch`: the initial state if asked for, then every change of the selected objects, as lines of JSON. */
export async function watch(
  request: ApiRequest,
  target: Target,
  { store, clock, lines, settings }: WatchContext,
): Promise<ApiResponse> {
  const { query } = request.info;
  const representation = negotiate(request.headers.accept, RESOURCE_SHAPES);
  const initial = initialState(query);
  await waitForRevision(store, clock, revisionOf(query));
  const plan: WatchPlan = {
    kind: target.kind,
    namespace: target.namespace,
    selection: selectionOf(target.kind, query, target.name),
    representation,
    includeObject: query.get('includeObject'),
    initial,
    bookmarks: isTrue(query.get('allowWatchBookmarks')),
    fromRevision: revisionOf(query),
    durationMs: durationOf(query, settings),
  };
  const headers = { 'content-type': 'application/json' };
  return { kind: 'stream', headers, start: (sink) => new Watch(plan, { store, clock, lines, settings }, sink).start() };
}

type InitialState = 'none' | 'state' | 'state-with-end';

/** Rules of KEP-3157 (streaming lists) and of the older habit that no resourceVersion, or 0, means the state first. */
function initialState(query: URLSearchParams): InitialState {
  const wanted = query.get('sendInitialEvents');
  const match = query.get('resourceVersionMatch');
  if (wanted === null) {
    if (match !== null)
      throw badRequest('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
    return revisionOf(query) === 0 ? 'state' : 'none';
  }
  if (match !== 'NotOlderThan') {
    throw badRequest('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  }
  if (!isTrue(wanted)) return 'none';
  return isTrue(query.get('allowWatchBookmarks')) ? 'state-with-end' : 'state';
}

function durationOf(query: URLSearchParams, { maxDurationMs }: WatchSettings): number {
  const seconds = Number(query.get('timeoutSeconds') ?? 0);
  if (!Number.isFinite(seconds) || seconds < 0) throw badRequest('invalid timeoutSeconds');
  return seconds === 0 ? maxDurationMs : Math.min(seconds * 1000, maxDurationMs);
}

interface WatchPlan {
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

/** One running watch. Owns its subscription and timers; all end with the sink or the time-out. */
class Watch {
  private readonly stops: (() => void)[] = [];
  private stopBookmarks = (): void => undefined;

  constructor(
    private readonly plan: WatchPlan,
    private readonly context: WatchContext,
    private readonly sink: StreamSink,
  ) {}

  /** Replays and subscribes within one turn, so that no event falls between. */
  start(): void {
    const table = this.context.store.table(this.plan.kind.resource);
    try {
      if (this.plan.initial === 'none') {
        for (const event of table.eventsAfter(this.plan.fromRevision)) this.onEvent(event);
      } else this.sendState();
    } catch (cause) {
      if (!(cause instanceof RevisionCompactedError)) throw cause;
      this.sendError(new ApiError('Expired', cause.message));
      return;
    }
    this.stops.push(table.subscribe((event) => this.onEvent(event)));
    this.stops.push(this.context.clock.after(this.plan.durationMs, () => this.finish()));
    if (this.plan.bookmarks) this.scheduleBookmark();
    this.sink.signal.addEventListener('abort', () => this.finish(), { once: true });
    if (this.sink.signal.aborted) this.finish();
  }

  private sendState(): void {
    const { kind, namespace, selection, initial } = this.plan;
    const { objects } = this.context.store.table(kind.resource).list(namespace === '' ? {} : { namespace });
    for (const object of objects) if (selection.selects(object)) this.send('ADDED', object);
    if (initial === 'state-with-end') this.sendBookmark({ [INITIAL_EVENTS_END]: 'true' });
  }

  private onEvent(event: StoreEvent): void {
    const { namespace, selection } = this.plan;
    if (namespace !== '' && event.object.key.namespace !== namespace) return;
    const type = seenType(selection, event);
    if (type !== undefined) this.send(type, event.object);
  }

  private send(type: EventType, object: StoredObject): void {
    const { representation, kind, includeObject } = this.plan;
    if (representation.as === undefined) return this.sink.write(this.context.lines.lineOf(kind, type, object));
    const options = { includeObject, nowMs: this.context.clock.nowMs() };
    const shaped = shapeObject(kind, inVersion(kind, object.parse()), representation, options);
    this.sink.write(Buffer.from(`${JSON.stringify({ type, object: shaped })}\n`));
  }

  private sendBookmark(annotations?: Readonly<Record<string, string>>): void {
    const { kind, representation } = this.plan;
    const metadata = { resourceVersion: String(this.context.store.revision), ...(annotations ? { annotations } : {}) };
    const object: KubeObject = {
      kind: kind.kind,
      apiVersion: apiVersionOf(kind),
      metadata: metadata as KubeObject['metadata'],
    };
    const shaped = representation.as === undefined ? object : bookmarkShape(object, representation);
    this.sink.write(Buffer.from(`${JSON.stringify({ type: 'BOOKMARK', object: shaped })}\n`));
  }

  private scheduleBookmark(): void {
    this.stopBookmarks = this.context.clock.after(this.context.settings.bookmarkIntervalMs, () => {
      this.sendBookmark();
      this.scheduleBookmark();
    });
  }

  private sendError(error: ApiError): void {
    this.sink.write(Buffer.from(`${JSON.stringify({ type: 'ERROR', object: error.toStatus() })}\n`));
    this.sink.end();
  }

  private finish(): void {
    for (const stop of this.stops.splice(0)) stop();
    this.stopBookmarks();
    if (!this.sink.signal.aborted) this.sink.end();
  }
}

function bookmarkShape(object: KubeObject, { as }: Representation): unknown {
  if (as === 'Table')
    return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata, columnDefinitions: [], rows: [] };
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

const LINE_END = Buffer.from('}\n');

/** The lines of the newest event, made once for each version and shared by all its watchers. */
export class EventLines {
  private newest: StoredObject | undefined;
  private readonly lines = new Map<string, Buffer>();

  lineOf(kind: ServedKind, type: EventType, object: StoredObject): Buffer {
    if (this.newest !== object) this.lines.clear();
    this.newest = object;
    const key = `${kind.version} ${type}`;
    const known = this.lines.get(key);
    if (known !== undefined) return known;
    const line = Buffer.concat([Buffer.from(`{"type":"${type}","object":`), jsonInVersion(kind, object), LINE_END]);
    this.lines.set(key, line);
    return line;
  }
}
