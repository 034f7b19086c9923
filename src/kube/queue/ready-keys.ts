import { KeyLine } from './key-line';

/**
 * Keys that wait to run: higher priority first; among equals the groups take turns, so that a cluster with thousands of
 * keys does not delay one with a single key; within a group first come, first served.
 */
export class ReadyKeys<K extends string> {
  /** Priority → group → keys. The order of the groups is their turn. */
  private readonly levels = new Map<number, Map<string, KeyLine<K>>>();
  private readonly priorities = new Map<K, number>();

  constructor(private readonly groupOf: (key: K) => string) {}

  get size(): number {
    return this.priorities.size;
  }

  has(key: K): boolean {
    return this.priorities.has(key);
  }

  /** A key that waits already keeps its place, unless the new priority is higher. */
  add(key: K, priority: number): void {
    const before = this.priorities.get(key);
    if (before !== undefined && before >= priority) return;
    if (before !== undefined) this.remove(key, before);
    this.priorities.set(key, priority);
    const level = this.levels.get(priority) ?? new Map<string, KeyLine<K>>();
    this.levels.set(priority, level);
    const group = this.groupOf(key);
    const keys = level.get(group) ?? new KeyLine<K>();
    keys.add(key);
    level.set(group, keys);
  }

  /** Takes the next key of a group that may run, if any. */
  take(mayRun: (group: string) => boolean): { readonly key: K; readonly priority: number } | undefined {
    for (const priority of [...this.levels.keys()].sort((a, b) => b - a)) {
      const key = this.takeFrom(this.levels.get(priority) ?? new Map<string, KeyLine<K>>(), mayRun);
      if (key === undefined) continue;
      this.remove(key, priority);
      return { key, priority };
    }
    return undefined;
  }

  private takeFrom(level: Map<string, KeyLine<K>>, mayRun: (group: string) => boolean): K | undefined {
    for (const [group, keys] of level) {
      const key = keys.first();
      if (key === undefined || !mayRun(group)) continue;
      level.delete(group); // its turn is over: to the end of the line
      level.set(group, keys);
      return key;
    }
    return undefined;
  }

  private remove(key: K, priority: number): void {
    const level = this.levels.get(priority);
    const group = this.groupOf(key);
    const keys = level?.get(group);
    keys?.delete(key);
    if (keys?.size === 0) level?.delete(group);
    if (level?.size === 0) this.levels.delete(priority);
    this.priorities.delete(key);
  }
}
