import type { Clock, Stop } from '../../kernel';
import { type Ask, type LoadResult, LoadTally } from './run-load';

const BUCKET_MS = 5_000;
const BUCKETS = 6;

/**
 * A steady trickle of requests, so that the live table has something true to show: so many a second, counted over the
 * last 30 s. A request that takes long delays no other; at most one second's worth is under way.
 */
export class SteadyTraffic {
  private readonly buckets: { readonly startedMs: number; readonly tally: LoadTally }[] = [];
  private underWay = 0;
  private stopTimer: Stop = () => undefined;

  constructor(
    private readonly ask: Ask,
    private readonly perSecond: number,
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.stopTimer = this.clock.after(1_000 / this.perSecond, () => {
      this.start();
      if (this.underWay < this.perSecond) void this.send();
    });
  }

  stop(): void {
    this.stopTimer();
  }

  /** What came back during the last 30 s. */
  recent(): LoadResult {
    this.bucket();
    const parts = this.buckets.map(({ tally }) => tally.result(0));
    const sum = (key: 'requests' | 'errors'): number => parts.reduce((total, part) => total + part[key], 0);
    const answers: Record<string, number> = {};
    for (const [zone, count] of parts.flatMap((part) => Object.entries(part.answers))) {
      answers[zone] = (answers[zone] ?? 0) + count;
    }
    return {
      requests: sum('requests'),
      errors: sum('errors'),
      errorMessages: [...new Set(parts.flatMap(({ errorMessages }) => errorMessages))].slice(0, 5),
      answers,
      maxCrossings: Math.max(0, ...parts.map(({ maxCrossings }) => maxCrossings)),
      durationMs: BUCKET_MS * this.buckets.length,
    };
  }

  private async send(): Promise<void> {
    this.underWay += 1;
    try {
      const answer = await this.ask();
      this.bucket().answered(answer);
    } catch (cause) {
      this.bucket().failed(cause, 0);
    } finally {
      this.underWay -= 1;
    }
  }

  private bucket(): LoadTally {
    const nowMs = this.clock.nowMs();
    while ((this.buckets[0]?.startedMs ?? nowMs) <= nowMs - BUCKET_MS * BUCKETS) this.buckets.shift();
    const last = this.buckets.at(-1);
    if (last !== undefined && nowMs - last.startedMs < BUCKET_MS) return last.tally;
    const tally = new LoadTally();
    this.buckets.push({ startedMs: nowMs, tally });
    return tally;
  }
}
