import type { Clock } from '../../kernel';

interface Bucket {
  tokens: number;
  filledMs: number;
}

/** How many clients are remembered. */
const CLIENT_LIMIT = 65536;

/** A token bucket per client address: bursts up to one second's worth, then `perSecond` questions a second. */
export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();
  private searchedMs = 0;

  constructor(
    private readonly perSecond: number,
    private readonly clock: Clock,
  ) {}

  /** Whether this client may ask once more now. */
  allows(client: string): boolean {
    const nowMs = this.clock.nowMs();
    const bucket = this.buckets.get(client) ?? this.admit(client, nowMs);
    const refilled = bucket.tokens + ((nowMs - bucket.filledMs) / 1000) * this.perSecond;
    bucket.tokens = Math.min(this.perSecond, refilled);
    bucket.filledMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  private admit(client: string, nowMs: number): Bucket {
    if (this.buckets.size >= CLIENT_LIMIT) this.forget(nowMs);
    const bucket = { tokens: this.perSecond, filledMs: nowMs };
    this.buckets.set(client, bucket);
    return bucket;
  }

  /**
   * A bucket that had a second to fill is as good as a new one; when all are busy, the one that came first goes. The search is made once a second at
   * most, so that a flood from made-up addresses costs no more than any other.
   */
  private forget(nowMs: number): void {
    if (nowMs - this.searchedMs >= 1000) {
      this.searchedMs = nowMs;
      for (const [client, { filledMs }] of this.buckets) if (nowMs - filledMs >= 1000) this.buckets.delete(client);
    }
    const [first] = this.buckets.keys();
    if (first !== undefined && this.buckets.size >= CLIENT_LIMIT) this.buckets.delete(first);
  }
}
