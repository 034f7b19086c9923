import type { Clock } from '../../kernel';

/** How much is allowed: a steady rate, and how much of it may come at once. */
export interface RateLimitOptions {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** Callers that were quiet for so long have a full bucket again, and need not be remembered. */
const FORGET_AFTER_BUCKETS = 10_000;

/** A token bucket per caller. Memory is bounded: full buckets are forgotten when there are many. */
export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly clock: Clock,
    private readonly options: RateLimitOptions,
  ) {}

  /** Whether the caller may go on now; if so, it has used one token. */
  take(caller: string): boolean {
    const nowMs = this.clock.nowMs();
    const available = this.available(this.buckets.get(caller), nowMs);
    if (available < 1) return false;
    if (this.buckets.size >= FORGET_AFTER_BUCKETS) this.forgetFull(nowMs);
    this.buckets.set(caller, { tokens: available - 1, atMs: nowMs });
    return true;
  }

  private available(bucket: Bucket | undefined, nowMs: number): number {
    const { perSecond, burst } = this.options;
    if (bucket === undefined) return burst;
    return Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * perSecond);
  }

  private forgetFull(nowMs: number): void {
    for (const [caller, bucket] of this.buckets) {
      if (this.available(bucket, nowMs) >= this.options.burst) this.buckets.delete(caller);
    }
  }
}
