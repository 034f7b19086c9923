import type { KeyedQueue } from '../../../kube';

/** Ways to ask for another look at objects of one kind. */
export interface Looks {
  /** At one object, by its key. */
  at(key: string): void;
  /** At all of them. */
  atAll(): void;
  /** At all of them, each as if it had changed; whatever is asked in one moment counts once. */
  atAllSoon(): void;
}

/** What looks need of their controller. */
export interface LookSources {
  readonly queue: Pick<KeyedQueue, 'add'>;
  /** Keys of all objects. */
  readonly keys: () => Iterable<string>;
  /** Handles one object as if it had changed. */
  readonly changed: (key: string) => void;
}

/** Looks that go through the queue of a controller. */
export function looksThrough({ queue, keys, changed }: LookSources): Looks {
  let asked = false;
  return {
    at: (key) => queue.add(key),
    atAll: () => {
      for (const key of keys()) queue.add(key);
    },
    atAllSoon: () => {
      if (asked) return;
      asked = true;
      queueMicrotask(() => {
        asked = false;
        for (const key of keys()) changed(key);
      });
    },
  };
}
