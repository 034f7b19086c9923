import { type KubeObject, namespacedName } from '../schema';
import { compareResourceVersions } from './compare-resource-versions';

/** Index keys of one object; none leaves it out of the index. */
export type Indexer<T> = (object: T) => readonly string[];

/** What happened to one key; `current` undefined means deleted, `previous` undefined means new. */
export interface Change<T> {
  readonly key: string;
  readonly current: T | undefined;
  readonly previous: T | undefined;
}

/** How many deletions are remembered, so that late news of a deleted object does not bring it back. */
const TOMBSTONE_LIMIT = 1000;

/** The state of one kind as told by its events, with indexes. Old and repeated news changes nothing. */
export class ObjectCache<T extends KubeObject> {
  private readonly objects = new Map<string, T>();
  private readonly indexes = new Map<string, Map<string, Map<string, T>>>();
  /** Key → version of its deletion, oldest first. */
  private readonly tombstones = new Map<string, string>();

  constructor(private readonly indexers: Readonly<Record<string, Indexer<T>>> = {}) {
    for (const name of Object.keys(indexers)) this.indexes.set(name, new Map());
  }

  get size(): number {
    return this.objects.size;
  }

  get(key: string): T | undefined {
    return this.objects.get(key);
  }

  list(): readonly T[] {
    return [...this.objects.values()];
  }

  /** Objects under one key of an index. @throws RangeError for an index that was not declared. */
  byIndex(name: string, key: string): readonly T[] {
    const index = this.indexes.get(name);
    if (index === undefined) throw new RangeError(`there is no index "${name}"`);
    return [...(index.get(key)?.values() ?? [])];
  }

  /** True when the key was deleted at this version or later. */
  isDeletedSince(key: string, resourceVersion: string | undefined): boolean {
    const order = compareResourceVersions(this.tombstones.get(key), resourceVersion);
    return order !== undefined && order >= 0;
  }

  /** ADDED or MODIFIED. undefined when it is no news. */
  upsert(object: T): Change<T> | undefined {
    const key = namespacedName(object);
    const previous = this.objects.get(key);
    if (previous === undefined && this.isDeletedSince(key, object.metadata.resourceVersion)) return undefined;
    if (previous !== undefined && !isNewer(object, previous)) return undefined;
    this.tombstones.delete(key);
    this.store(key, object, previous);
    return { key, current: object, previous };
  }

  /** DELETED. undefined when there is nothing to delete, or the object was made anew since. */
  remove(object: T): Change<T> | undefined {
    const key = namespacedName(object);
    const previous = this.objects.get(key);
    const order = compareResourceVersions(object.metadata.resourceVersion, previous?.metadata.resourceVersion);
    if (order !== undefined && order < 0) return undefined;
    this.bury(key, object.metadata.resourceVersion);
    if (previous === undefined) return undefined;
    this.drop(key, previous);
    return { key, current: undefined, previous };
  }

  /** The whole state, from a list: it is the truth whatever the versions say (a restored etcd counts backwards). */
  replace(items: readonly T[]): readonly Change<T>[] {
    const changes: Change<T>[] = [];
    const gone = new Map(this.objects);
    this.tombstones.clear();
    for (const item of items) {
      const key = namespacedName(item);
      const previous = gone.get(key);
      gone.delete(key);
      if (previous !== undefined && isSame(item, previous)) continue;
      this.store(key, item, previous);
      changes.push({ key, current: item, previous });
    }
    for (const [key, previous] of gone) {
      this.drop(key, previous);
      changes.push({ key, current: undefined, previous });
    }
    return changes;
  }

  private store(key: string, object: T, previous: T | undefined): void {
    if (previous !== undefined) this.unindex(key, previous);
    this.objects.set(key, object);
    for (const [name, index] of this.indexes) {
      for (const value of this.indexers[name]?.(object) ?? []) {
        const entries = index.get(value);
        if (entries === undefined) index.set(value, new Map([[key, object]]));
        else entries.set(key, object);
      }
    }
  }

  private drop(key: string, object: T): void {
    this.objects.delete(key);
    this.unindex(key, object);
  }

  private unindex(key: string, object: T): void {
    for (const [name, index] of this.indexes) {
      for (const value of this.indexers[name]?.(object) ?? []) {
        const entries = index.get(value);
        entries?.delete(key);
        if (entries?.size === 0) index.delete(value);
      }
    }
  }

  private bury(key: string, resourceVersion: string | undefined): void {
    if (resourceVersion === undefined) return;
    this.tombstones.delete(key);
    this.tombstones.set(key, resourceVersion);
    if (this.tombstones.size <= TOMBSTONE_LIMIT) return;
    for (const oldest of this.tombstones.keys()) {
      this.tombstones.delete(oldest);
      return;
    }
  }
}

function isNewer(object: KubeObject, previous: KubeObject): boolean {
  const order = compareResourceVersions(object.metadata.resourceVersion, previous.metadata.resourceVersion);
  return order === undefined || order > 0;
}

function isSame(object: KubeObject, previous: KubeObject): boolean {
  const { uid, resourceVersion } = object.metadata;
  return (
    resourceVersion !== undefined &&
    resourceVersion === previous.metadata.resourceVersion &&
    uid === previous.metadata.uid
  );
}
