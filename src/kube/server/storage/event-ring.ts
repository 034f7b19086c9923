import type { StoredObject } from './stored-object';

/** What a watch sees: the object after the change (for a deletion: its last state), and before it. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly revision: number;
  readonly object: StoredObject;
  readonly previous?: StoredObject;
}

/** The recent events of one resource, oldest first, bounded by count and by bytes; the oldest are dropped. */
export class EventRing {
  private events: StoreEvent[] = [];
  private first = 0;
  private bytes = 0;

  constructor(
    private compacted: number,
    private readonly maxEvents: number,
    private readonly maxBytes: number,
  ) {}

  /** Events at or before this revision may be missing. */
  get compactedRevision(): number {
    return this.compacted;
  }

  push(event: StoreEvent): void {
    this.events.push(event);
    this.bytes += event.object.json.length;
    while (this.length > this.maxEvents || (this.bytes > this.maxBytes && this.length > 1)) this.dropOldest();
  }

  /** Events after a revision, or undefined when some of them were dropped. */
  after(revision: number): readonly StoreEvent[] | undefined {
    if (revision < this.compacted) return undefined;
    let low = this.first;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.events[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return this.events.slice(low);
  }

  /** Drops every event up to a revision. */
  compact(revision: number): void {
    while (this.length > 0 && (this.events[this.first]?.revision ?? Infinity) <= revision) this.dropOldest();
    this.compacted = Math.max(this.compacted, revision);
  }

  private get length(): number {
    return this.events.length - this.first;
  }

  private dropOldest(): void {
    const oldest = this.events[this.first];
    if (oldest === undefined) return;
    this.first += 1;
    this.bytes -= oldest.object.json.length;
    this.compacted = oldest.revision;
    // Moving the rest down once half is dead keeps a push cheap on average.
    if (this.first * 2 < this.events.length) return;
    this.events = this.events.slice(this.first);
    this.first = 0;
  }
}
