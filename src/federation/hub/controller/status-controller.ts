import { jsonEqual } from '../../../kernel';
import { type Informer, KeyedQueue } from '../../../kube';
import { type KubeObject, namespacedName, type ResourceKind } from '../../../kube/schema';
import { currentEpoch, type HubSettings, queueParts } from '../setup';
import { type Looks, looksThrough } from './looks';
import { WrittenVersions } from './written-versions';

/** An object with a status. */
export type ObjectWithStatus = KubeObject & { readonly status?: unknown };

/** What a kind brings whose status is all that the hub keeps of it. Keys are names. */
export interface StatusKind<T extends ObjectWithStatus> {
  /** Name of its queue in logs and metrics. */
  readonly name: string;
  readonly definition: ResourceKind;
  readonly objects: Informer<T>;
  /** Looks at once; as many as a queue runs when left out. */
  readonly concurrency?: number;
  /** Asks for looks whenever something else changes that the status tells of. The caches are synced. */
  follow(looks: Looks): void;
  /** What the status of an object should say now; undefined leaves it as it is. */
  statusOf(object: T, nowMs: number): T['status'] | Promise<T['status']>;
  /** Takes an object as it was stored, before any cache tells of it. */
  stored?(object: T): void;
  /** Forgets what was remembered of an object that is gone. */
  forget?(key: string): void;
}

/** Keeps the status of every object of one kind true. Writes nothing while another hub leads, or while the cache lags behind what was written from here. */
export class StatusController<T extends ObjectWithStatus> {
  private readonly queue: KeyedQueue;
  private readonly looks: Looks;
  private readonly written = new WrittenVersions();

  constructor(
    private readonly kind: StatusKind<T>,
    private readonly settings: HubSettings,
  ) {
    const { name, objects, concurrency } = kind;
    const run = (key: string): Promise<void> => this.reconcile(key);
    const limit = concurrency === undefined ? {} : { concurrency };
    this.queue = new KeyedQueue({ name, run, ...limit, ...queueParts(settings) });
    const keys = (): readonly string[] => objects.list().map(namespacedName);
    this.looks = looksThrough({ queue: this.queue, keys, changed: (key) => this.queue.add(key) });
  }

  /** Follows the objects and what their status tells of. The caches must be synced. */
  start(): void {
    this.kind.objects.onChange((key) => this.looks.at(key));
    this.kind.follow(this.looks);
  }

  /** Starts nothing more and waits for what runs. */
  async stop(): Promise<void> {
    await this.queue.stop();
  }

  /** Looks at all objects again. */
  enqueueAll(): void {
    this.looks.atAll();
  }

  private async reconcile(key: string): Promise<void> {
    const { objects, definition } = this.kind;
    const object = objects.get(key);
    if (object === undefined) return this.forget(key);
    const { client, clock } = this.settings;
    if (currentEpoch(this.settings) === undefined || this.written.isAhead(object)) return;
    if (object.metadata.deletionTimestamp !== undefined) return;
    const status = await this.kind.statusOf(object, clock.nowMs());
    if (status === undefined || jsonEqual(status, object.status)) return;
    // The version makes this fail when the cache lags behind what others wrote, so that nothing that was decided on old news is stored.
    const stored = await client.replaceStatus(definition, { ...object, status });
    this.written.remember(stored);
    this.kind.stored?.(stored);
  }

  private forget(key: string): void {
    this.written.forget(key);
    this.kind.forget?.(key);
  }
}
