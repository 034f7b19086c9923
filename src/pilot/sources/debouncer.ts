import type { Clock, Stop } from '../../kernel';

/** When a burst of changes is acted on: after this much quiet, but at the latest this long after its first. */
export interface DebounceOptions {
  readonly quietMs: number;
  readonly maxMs: number;
}

/** Folds bursts of changes into single runs. */
export class Debouncer {
  private firstMs: number | undefined;
  private stopTimer: Stop = () => undefined;
  private stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly options: DebounceOptions,
    private readonly run: () => void,
  ) {}

  /** Something has changed. */
  touch(): void {
    if (this.stopped) return;
    const nowMs = this.clock.nowMs();
    this.firstMs ??= nowMs;
    const latestMs = this.firstMs + this.options.maxMs;
    this.stopTimer();
    this.stopTimer = this.clock.after(Math.max(0, Math.min(this.options.quietMs, latestMs - nowMs)), () => this.fire());
  }

  stop(): void {
    this.stopped = true;
    this.stopTimer();
  }

  private fire(): void {
    this.firstMs = undefined;
    this.run();
  }
}
