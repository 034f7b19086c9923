/** What the queue runs: one bounded step of work for one client. */
export interface PushTarget {
  step(): void;
  /** Whether another step can be done now. */
  readonly hasWork: boolean;
}

/** Wall time in milliseconds with fractions; `performance.now` fits. */
export type Stopwatch = () => number;

const SLICE_MS = 5;

/**
 * Runs steps of many clients in turn on one thread. Clients that asked for something go before those that are only pushed to,
 * each gets one step at a time, and every 5 ms other work of the process has its turn.
 */
export class PushQueue {
  private readonly asking = new Set<PushTarget>();
  private readonly pushed = new Set<PushTarget>();
  private scheduled = false;
  private stopped = false;

  constructor(private readonly stopwatch: Stopwatch = () => performance.now()) {}

  /** Clients that wait for a step. */
  get depth(): number {
    return this.asking.size + this.pushed.size;
  }

  /** Adds a client, once however often it is called. `asked`: it waits for an answer to a request of its own. */
  add(target: PushTarget, asked: boolean): void {
    if (asked) {
      this.pushed.delete(target);
      this.asking.add(target);
    } else if (!this.asking.has(target)) this.pushed.add(target);
    this.schedule();
  }

  /** Forgets a client that is gone. */
  remove(target: PushTarget): void {
    this.asking.delete(target);
    this.pushed.delete(target);
  }

  /** Forgets all and runs no more. */
  stop(): void {
    this.stopped = true;
    this.asking.clear();
    this.pushed.clear();
  }

  private schedule(): void {
    if (this.scheduled || this.stopped) return;
    this.scheduled = true;
    setImmediate(() => this.run());
  }

  private run(): void {
    this.scheduled = false;
    const endMs = this.stopwatch() + SLICE_MS;
    for (let target = this.next(); target; target = this.stopwatch() < endMs ? this.next() : undefined) {
      target.step();
      if (target.hasWork) this.pushed.add(target);
    }
    if (this.depth > 0) this.schedule();
  }

  private next(): PushTarget | undefined {
    const queue = this.asking.size > 0 ? this.asking : this.pushed;
    const [target] = queue;
    if (target) queue.delete(target);
    return target;
  }
}
