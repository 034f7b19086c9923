import type { Clock, Stop } from './clock';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock for tests: time stands still until `advance` moves it and fires what has come due, in order. */
export class ManualClock implements Clock {
  private readonly timers = new Set<Timer>();

  constructor(private currentMs = Date.UTC(2026, 0, 1)) {}

  nowMs(): number {
    return this.currentMs;
  }

  after(delayMs: number, callback: () => void): Stop {
    const timer = { dueMs: this.currentMs + delayMs, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** How many timers wait; lets a test see that every timer was stopped by its owner. */
  get pending(): number {
    return this.timers.size;
  }

  /** Moves time on, firing due timers one by one, and lets promise callbacks run in between. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.currentMs + byMs;
    for (let next = this.nextDue(endMs); next; next = this.nextDue(endMs)) {
      this.currentMs = Math.max(this.currentMs, next.dueMs);
      this.timers.delete(next);
      next.callback();
      await settle();
    }
    this.currentMs = endMs;
    await settle();
  }

  private nextDue(endMs: number): Timer | undefined {
    return [...this.timers].filter((timer) => timer.dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
