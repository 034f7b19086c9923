import type { Stop } from '../../../kernel';
import { type AddOptions, KeyedQueue } from '../../queue/keyed-queue';
import type { StoreEvent } from '../storage';
import type { ControllerContext } from './controller-context';

/** What a controller inside the server does, and when. */
export interface StoreQueueOptions {
  /** Name in logs. */
  readonly name: string;
  /** Makes the store right for one key. */
  readonly run: (key: string) => Promise<void>;
  readonly onEvent: (event: StoreEvent) => void;
}

/** The queue of a controller over the store that it lives in. Its owner closes it. */
export class StoreQueue {
  private readonly queue: KeyedQueue;
  private stopFollowing: Stop = () => undefined;

  constructor(
    private readonly context: ControllerContext,
    private readonly options: StoreQueueOptions,
  ) {
    const { clock, logger } = context;
    const { name, run } = options;
    this.queue = new KeyedQueue({ name, run, clock, random: Math.random, logger });
  }

  /** Looks at what is there already, and follows the store from then on. */
  start(keys: Iterable<string>): void {
    for (const key of keys) this.queue.add(key);
    this.stopFollowing = this.context.store.subscribe((event) => this.options.onEvent(event));
  }

  /** Looks at names of all objects of a resource that are there already, and follows the store from then on. */
  startWith(resource: string): void {
    this.start(
      this.context.store
        .table(resource)
        .list()
        .objects.map(({ key }) => key.name),
    );
  }

  add(key: string, options?: AddOptions): void {
    this.queue.add(key, options);
  }

  async close(): Promise<void> {
    this.stopFollowing();
    await this.queue.stop();
  }
}
