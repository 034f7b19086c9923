import type { Clock } from '../../kernel';

interface Bucket {
  tokens: number;
  filledMs: number;
}

/** How many clients are remembered; the one that was quiet longest is forgotten first. */
const CLIENT_LIMIT = 65536;

/** A token bucket per client address: bursts up to one second's worth, then `perSecond` questions a second. */
export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly perSecond: number,
    private readonly clock: Clock,
  ) {}

  /** Whether this client may ask once more now. */
  allows(client: string): boolean {
    const nowMs = this.clock.nowMs();
    const bucket = this.buckets.get(client) ?? { tokens: this.perSecond, filledMs: nowMs };
    const refilled = bucket.tokens + ((nowMs - bucket.filledMs) / 1000) * this.perSecond;
    bucket.tokens = Math.min(this.perSecond, refilled);
    bucket.filledMs = nowMs;
    this.remember(client, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  private remember(client: string, bucket: Bucket): void {
    this.buckets.delete(client);
    this.buckets.set(client, bucket);
    if (this.buckets.size <= CLIENT_LIMIT) return;
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}
