import { EventRing, type StoreEvent } from './event-ring';
import type { StoredObject } from './stored-object';
import { RevisionCompactedError } from './storage-error';

/** Called for every event, in order, within the turn that made it visible; must not throw and must not wait. */
export type Subscriber = (event: StoreEvent) => void;

/** A part of one resource: everything, one namespace, or what follows a path. */
export interface Range {
  readonly namespace?: string;
  /** Only paths greater than this one (the last path of the page before). */
  readonly after?: string;
  readonly limit?: number;
}

/** A page of objects in path order, and how many follow it. */
export interface Page {
  readonly objects: readonly StoredObject[];
  readonly remaining: number;
}

/** The objects of one resource in path order, with the recent past, so that watches resume and pages agree with one another. */
export class ResourceTable {
  private readonly byPath = new Map<string, StoredObject>();
  private readonly sorted: StoredObject[] = [];
  private readonly ring: EventRing;
  private readonly subscribers = new Set<Subscriber>();

  constructor(
    readonly resource: string,
    startRevision: number,
    limits: { readonly maxEvents: number; readonly maxBytes: number },
  ) {
    this.ring = new EventRing(startRevision, limits.maxEvents, limits.maxBytes);
  }

  get size(): number {
    return this.sorted.length;
  }

  get(path: string): StoredObject | undefined {
    return this.byPath.get(path);
  }

  /** The visible objects of a range. */
  list(range: Range = {}): Page {
    return pageOf(this.sorted, range);
  }

  /** The range as it was at an older revision. @throws RevisionCompactedError when history does not reach back that far. */
  listAt(revision: number, range: Range): Page {
    const later = this.eventsAfter(revision);
    if (later.length === 0) return this.list(range);
    const changed = new Map<string, StoredObject | undefined>();
    for (const { object, previous } of [...later].reverse()) changed.set(object.path, previous);
    const { namespace, after } = range;
    const rest = { ...(namespace === undefined ? {} : { namespace }), ...(after === undefined ? {} : { after }) };
    const unchanged = this.list(rest).objects.filter(({ path }) => !changed.has(path));
    const before = [...changed.values()].filter((object) => object !== undefined);
    // Both parts nearly in order: that is fast to sort, where sorting the whole table for each page was not.
    return pageOf([...unchanged, ...before.sort(byPath)].sort(byPath), range);
  }

  /** Events after a revision, oldest first. @throws RevisionCompactedError when history does not reach back that far. */
  eventsAfter(revision: number): readonly StoreEvent[] {
    const events = this.ring.after(revision);
    if (events === undefined) throw new RevisionCompactedError(revision, this.ring.compactedRevision);
    return events;
  }

  /** Makes a change visible and tells every subscriber. */
  apply(event: StoreEvent): void {
    this.load(event);
    this.ring.push(event);
    for (const subscriber of this.subscribers) subscriber(event);
  }

  /** Makes a change visible without telling anybody and without history, as recovery from a snapshot does. */
  load({ type, object }: Pick<StoreEvent, 'type' | 'object'>): void {
    const index = lowerBound(this.sorted, object.path);
    const exists = this.byPath.has(object.path);
    if (type === 'DELETED') {
      this.byPath.delete(object.path);
      if (exists) this.sorted.splice(index, 1);
      return;
    }
    this.byPath.set(object.path, object);
    this.sorted.splice(index, exists ? 1 : 0, object);
  }

  subscribe(subscriber: Subscriber): () => void {
    this.subscribers.add(subscriber);
    return () => this.subscribers.delete(subscriber);
  }

  /** Forgets events up to a revision, so that older watches get 410 Gone. */
  compact(revision: number): void {
    this.ring.compact(revision);
  }
}

function pageOf(sorted: readonly StoredObject[], { namespace, after, limit }: Range): Page {
  const first = namespace === undefined ? 0 : lowerBound(sorted, `${namespace}/`);
  // "0" is the character after "/": no path of the namespace sorts behind it.
  const end = namespace === undefined ? sorted.length : lowerBound(sorted, `${namespace}0`);
  const start = after === undefined ? first : Math.max(first, upperBound(sorted, after));
  const stop = limit === undefined ? end : Math.min(end, start + limit);
  return { objects: sorted.slice(start, stop), remaining: Math.max(0, end - stop) };
}

function byPath(left: StoredObject, right: StoredObject): number {
  return left.path < right.path ? -1 : 1;
}

function lowerBound(sorted: readonly StoredObject[], path: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candidate = sorted[middle];
    if (candidate !== undefined && candidate.path < path) low = middle + 1;
    else high = middle;
  }
  return low;
}

function upperBound(sorted: readonly StoredObject[], path: string): number {
  const index = lowerBound(sorted, path);
  return sorted[index]?.path === path ? index + 1 : index;
}
