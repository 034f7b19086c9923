import { type Clock, type Logger, toFlotillaError } from '../../../kernel';
import type { KubeObject } from '../../schema';
import { lockFolder } from './folder-lock';
import { LogFile } from './log-file';
import { encodeRecord } from './log-record';
import { type ObjectKey, pathOf, textOfKey } from './object-key';
import { type ChangeRecord, logPathOf, recover, type Recovered, removeBefore, snapshotPathOf } from './recover';
import type { StoreEvent } from './event-ring';
import { ResourceTable, type Subscriber } from './resource-table';
import { writeSnapshot } from './snapshot';
import { RevisionConflictError, storeClosed, writeFailed } from './storage-error';
import { restoreObject, type StoredObject, storeObject } from './stored-object';

/** How much the store keeps and when it compacts. */
export interface StoreLimits {
  /** Recent events kept for each resource, so that watches resume. */
  readonly maxEventsPerResource: number;
  readonly maxEventBytesPerResource: number;
  /** A log is compacted when it is longer than this and longer than the last snapshot. */
  readonly compactLogBytes: number;
}

/** The limits of a store that is given none. */
export const defaultStoreLimits: StoreLimits = {
  maxEventsPerResource: 10_000,
  maxEventBytesPerResource: 32 * 1024 * 1024,
  compactLogBytes: 32 * 1024 * 1024,
};

/** One change of one object. */
export interface Change {
  readonly key: ObjectKey;
  /** The revision the change was computed from; 0 for an object that must not exist. */
  readonly expectedRevision: number;
  /** The new object; absent to delete. */
  readonly object?: KubeObject;
}

interface PendingChange {
  readonly revision: number;
  readonly key: ObjectKey;
  /** The object after the change; for a deletion its last state, stamped with the deletion's revision. */
  readonly object: StoredObject;
  readonly deleted: boolean;
  readonly bytes: Buffer;
  readonly resolve: (object: StoredObject) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Objects in memory, changes in a log. A change is decided at once against the newest state, becomes durable together with
 * all that wait beside it (one write and one fdatasync for each group), and only then is seen by readers, by watches and by its author.
 * Revisions are the numbers of the changes: one change, one revision, in log order.
 */
export class ObjectStore {
  private readonly tables = new Map<string, ResourceTable>();
  /** Newest undurable state of each changed key: what the next change of it is decided against. */
  private readonly heads = new Map<string, PendingChange>();
  /** Who waits for a revision to become visible. */
  private readonly waiters = new Set<{ readonly revision: number; readonly resolve: () => void }>();
  private readonly subscribers = new Set<Subscriber>();
  private waiting: PendingChange[] = [];
  private writing: Promise<void> | undefined;
  private compacting: Promise<void> | undefined;
  private nextRevision = 1;
  private visibleRevision = 0;
  private historyStart = 0;
  private snapshotBytes = 0;
  private closedBecause: string | undefined;
  private log: LogFile | undefined;

  private constructor(
    private readonly folder: string,
    private readonly limits: StoreLimits,
    private readonly logger: Logger,
    private readonly unlock: () => void,
  ) {}

  /** Takes the folder, reads it, and is ready for writes. @throws FlotillaError FLO2250 (in use), FLO2251 (damaged). */
  static async open(folder: string, logger: Logger, limits: Partial<StoreLimits> = {}): Promise<ObjectStore> {
    const unlock = lockFolder(folder);
    try {
      const store = new ObjectStore(folder, { ...defaultStoreLimits, ...limits }, logger, unlock);
      await store.load();
      return store;
    } catch (cause) {
      unlock();
      throw cause;
    }
  }

  /** The revision that readers see. */
  get revision(): number {
    return this.visibleRevision;
  }

  /** Why the store takes no more writes, if it does not. */
  get failure(): string | undefined {
    return this.closedBecause;
  }

  /** The visible objects of a resource and their recent past. */
  table(resource: string): ResourceTable {
    const existing = this.tables.get(resource);
    if (existing !== undefined) return existing;
    const { maxEventsPerResource: maxEvents, maxEventBytesPerResource: maxBytes } = this.limits;
    const table = new ResourceTable(resource, this.historyStart, { maxEvents, maxBytes });
    this.tables.set(resource, table);
    return table;
  }

  /** Follows every change of every resource. @returns stops following */
  subscribe(subscriber: Subscriber): () => void {
    this.subscribers.add(subscriber);
    return () => this.subscribers.delete(subscriber);
  }

  /** Names of all resources that have been looked at or written. */
  get resources(): readonly string[] {
    return [...this.tables.keys()];
  }

  /** What readers see under a key. */
  get(key: ObjectKey): StoredObject | undefined {
    return this.table(key.resource).get(pathOf(key));
  }

  /** The newest state, durable or not: what a change must be computed from. */
  head(key: ObjectKey): StoredObject | undefined {
    const pending = this.heads.get(textOfKey(key));
    if (pending === undefined) return this.get(key);
    return pending.deleted ? undefined : pending.object;
  }

  /**
   * Makes a change. Resolves when it is durable and visible.
   * @returns the object after the change; for a deletion its last state, stamped with the revision of the deletion
   * @throws RevisionConflictError when the newest state is not the expected one; FLO2252 when the disk refused; FLO2253 when closed
   */
  commit({ key, expectedRevision, object }: Change): Promise<StoredObject> {
    if (this.closedBecause !== undefined) return Promise.reject(storeClosed(this.closedBecause));
    const head = this.head(key);
    const found = head?.revision ?? 0;
    if (found !== expectedRevision) return Promise.reject(new RevisionConflictError(pathOf(key), found));
    const after = object ?? head?.parse();
    if (after === undefined) return Promise.reject(new RevisionConflictError(pathOf(key), 0));
    const revision = this.nextRevision;
    this.nextRevision += 1;
    return new Promise((resolve, reject) => {
      const stored = storeObject(key, revision, after);
      const deleted = object === undefined;
      const record = deleted
        ? ({ kind: 'delete', revision, key } as const)
        : ({ kind: 'put', revision, key, json: stored.json } as const);
      const change = { revision, key, object: stored, deleted, bytes: encodeRecord(record), resolve, reject };
      this.heads.set(textOfKey(key), change);
      this.waiting.push(change);
      this.writing ??= this.drain();
    });
  }

  /** Resolves when a revision is visible, or when the time is up. */
  visible(revision: number, clock: Clock, timeoutMs: number): Promise<void> {
    if (revision <= this.visibleRevision) return Promise.resolve();
    return new Promise((resolve) => {
      const waiter = { revision, resolve: (): void => done() };
      const stop = clock.after(timeoutMs, () => done());
      const done = (): void => {
        stop();
        this.waiters.delete(waiter);
        resolve();
      };
      this.waiters.add(waiter);
    });
  }

  /** Resolves when everything accepted so far is durable or has failed. */
  async settled(): Promise<void> {
    await this.writing;
    await this.compacting;
  }

  /** Writes what waits, then gives the folder back. */
  async close(): Promise<void> {
    this.closedBecause ??= 'it was closed';
    await this.settled();
    await this.log?.close();
    this.unlock();
  }

  private async load(): Promise<void> {
    const recovered = await recover(this.folder, {
      restore: (object) => this.table(object.key.resource).load({ type: 'ADDED', object }),
      startAt: (revision) => this.startHistoryAt(revision),
      change: (record) => this.replay(record),
    });
    this.visibleRevision = recovered.revision;
    this.nextRevision = recovered.revision + 1;
    this.snapshotBytes = recovered.snapshotBytes;
    this.log = await LogFile.open(recovered.logPath, recovered.logLength);
    this.report(recovered);
  }

  private startHistoryAt(revision: number): void {
    this.historyStart = revision;
    for (const table of this.tables.values()) table.compact(revision);
  }

  private report({ revision, tornBytes, logPath }: Recovered): void {
    if (tornBytes > 0)
      this.logger.warn('gave up the torn end of the log', { file: logPath, bytes: tornBytes, revision });
    this.logger.info('store is open', { folder: this.folder, revision });
  }

  private replay(record: ChangeRecord): void {
    const table = this.table(record.key.resource);
    const previous = table.get(pathOf(record.key));
    const { revision } = record;
    if (record.kind === 'put') {
      const object = restoreObject(record.key, revision, record.json);
      table.apply(previous ? { type: 'MODIFIED', revision, object, previous } : { type: 'ADDED', revision, object });
    } else if (previous !== undefined) {
      const object = storeObject(record.key, revision, previous.parse());
      table.apply({ type: 'DELETED', revision, object, previous });
    }
  }

  /** One group after another until nothing waits. What arrives while one is being synced forms the next. */
  private async drain(): Promise<void> {
    // Lets the writers of this turn gather in the first group.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      await this.write(group);
      await this.compactWhenLong();
    }
    this.writing = undefined;
  }

  private async write(group: readonly PendingChange[]): Promise<void> {
    const log = this.openLog();
    try {
      await log.append(Buffer.concat([encodeRecord({ kind: 'barrier' }), ...group.map(({ bytes }) => bytes)]));
    } catch (cause) {
      await this.giveUp(group, cause);
      return;
    }
    for (const change of group) this.publish(change);
  }

  private publish(change: PendingChange): void {
    const { key, revision, object, deleted } = change;
    const text = textOfKey(key);
    const table = this.table(key.resource);
    const previous = table.get(object.path);
    this.visibleRevision = revision;
    if (this.heads.get(text) === change) this.heads.delete(text);
    const type = deleted ? 'DELETED' : previous ? 'MODIFIED' : 'ADDED';
    const event: StoreEvent = { type, revision, object, ...(previous ? { previous } : {}) };
    table.apply(event);
    for (const subscriber of this.subscribers) subscriber(event);
    change.resolve(object);
    for (const waiter of this.waiters) if (waiter.revision <= revision) waiter.resolve();
  }

  /** Later changes were decided on top of the failed ones, so all of them fail; the log ends where it was durable. */
  private async giveUp(group: readonly PendingChange[], cause: unknown): Promise<void> {
    const log = this.openLog();
    const failed = [...group, ...this.waiting];
    this.waiting = [];
    this.heads.clear();
    this.nextRevision = this.visibleRevision + 1;
    try {
      await log.dropTail();
    } catch (second) {
      this.closedBecause = `its log is in doubt: ${toFlotillaError(second).message}`;
    }
    const error = writeFailed(log.path, cause);
    this.logger.error('write failed', { file: log.path, reason: error.message, changes: failed.length });
    if (this.closedBecause !== undefined) failed.push(...this.waiting.splice(0));
    for (const { reject } of failed) reject(error);
  }

  /** Between two groups: starts a new log, then writes all objects of this moment to a snapshot beside the traffic. */
  private async compactWhenLong(): Promise<void> {
    const old = this.openLog();
    if (this.compacting !== undefined || old.length < Math.max(this.limits.compactLogBytes, this.snapshotBytes)) return;
    const revision = this.visibleRevision;
    const objects = [...this.tables.values()].flatMap((table) => table.list().objects);
    try {
      this.log = await LogFile.open(logPathOf(this.folder, revision), 0);
      await old.close();
    } catch (cause) {
      this.logger.error('compaction failed', { reason: toFlotillaError(cause).message });
      return;
    }
    this.compacting = this.snapshot(revision, objects);
  }

  private async snapshot(revision: number, objects: readonly StoredObject[]): Promise<void> {
    try {
      this.snapshotBytes = await writeSnapshot(snapshotPathOf(this.folder, revision), revision, objects);
      await removeBefore(this.folder, revision);
      this.logger.info('compacted the log', { revision, objects: objects.length, bytes: this.snapshotBytes });
    } catch (cause) {
      this.logger.error('compaction failed', { reason: toFlotillaError(cause).message });
    }
    this.compacting = undefined;
  }

  private openLog(): LogFile {
    if (this.log === undefined) throw storeClosed('it was never opened');
    return this.log;
  }
}
