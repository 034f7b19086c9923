import type { KubeObject } from '../schema';

/** One change in the history of a store. */
export interface StoredEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  readonly collection: string;
  readonly object: KubeObject;
}

/**
 * Objects by collection path and name, with versions and a history that can be cut off: what etcd is to an API
 * server.
 */
export class ScriptedStore {
  private readonly objects = new Map<string, Map<string, KubeObject>>();
  private history: StoredEvent[] = [];
  private currentVersion = 1;
  private oldestVersion = 0;
  private nextUid = 1;
  private readonly listeners = new Set<() => void>();

  get version(): number {
    return this.currentVersion;
  }

  /** Versions below this one are no longer known. */
  get oldest(): number {
    return this.oldestVersion;
  }

  list(collection: string): readonly KubeObject[] {
    return [...(this.objects.get(collection)?.values() ?? [])].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  get(collection: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.objects.get(collection)?.get(`${namespace ?? ''}/${name}`);
  }

  put(collection: string, object: KubeObject): KubeObject {
    const before = this.objects.get(collection)?.get(keyOf(object));
    const uid = before?.metadata.uid ?? `uid-${this.nextUid++}`;
    const stored = this.stamp(object, uid);
    const all = this.objects.get(collection) ?? new Map<string, KubeObject>();
    this.objects.set(collection, all.set(keyOf(object), stored));
    this.record(before === undefined ? 'ADDED' : 'MODIFIED', collection, stored);
    return stored;
  }

  remove(collection: string, namespace: string | undefined, name: string): boolean {
    const before = this.get(collection, namespace, name);
    if (before === undefined) return false;
    this.objects.get(collection)?.delete(keyOf(before));
    this.record('DELETED', collection, this.stamp(before, before.metadata.uid ?? ''));
    return true;
  }

  /** Forgets the history: a watch from before now gets 410. */
  compact(): void {
    this.history = [];
    this.oldestVersion = this.currentVersion;
  }

  /** Goes back to an earlier version, as an etcd that was restored from a backup. */
  restore(version: number): void {
    const kept = this.history.filter((event) => event.version <= version);
    this.objects.clear();
    for (const { type, collection, object } of kept) {
      const all = this.objects.get(collection) ?? new Map<string, KubeObject>();
      if (type === 'DELETED') all.delete(keyOf(object));
      else all.set(keyOf(object), object);
      this.objects.set(collection, all);
    }
    this.history = kept;
    this.currentVersion = version;
  }

  since(collection: string, version: number): readonly StoredEvent[] {
    return this.history.filter((event) => event.collection === collection && event.version > version);
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private stamp(object: KubeObject, uid: string): KubeObject {
    this.currentVersion += 1;
    return { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(this.currentVersion) } };
  }

  private record(type: StoredEvent['type'], collection: string, object: KubeObject): void {
    this.history.push({ type, version: this.currentVersion, collection, object });
    for (const listener of this.listeners) listener();
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
