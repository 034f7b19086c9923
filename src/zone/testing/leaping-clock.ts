import { type Clock, type Stop, systemClock } from '../../kernel';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
  readonly stop: Stop;
}

/** The machine's clock, for tests with real sockets, that can leap ahead: what has come due by the leap fires at once. */
export class LeapingClock implements Clock {
  private readonly timers = new Set<Timer>();
  private aheadMs = 0;

  nowMs(): number {
    return systemClock.nowMs() + this.aheadMs;
  }

  after(delayMs: number, callback: () => void): Stop {
    const fire = (): void => {
      this.timers.delete(timer);
      callback();
    };
    const timer: Timer = { dueMs: this.nowMs() + delayMs, callback: fire, stop: systemClock.after(delayMs, fire) };
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
      timer.stop();
    };
  }

  leap(byMs: number): void {
    this.aheadMs += byMs;
    const due = [...this.timers].filter(({ dueMs }) => dueMs <= this.nowMs());
    for (const timer of due.sort((left, right) => left.dueMs - right.dueMs)) {
      timer.stop();
      timer.callback();
    }
  }
}
