import { ApiError } from '../api-error';
import { MASTERS_GROUP } from '../authentication/authenticate';
import type { UserInfo } from '../registry/write-request';

/** How much a server takes on at once; everything beyond is refused with 429 and a time to come back. */
export interface RequestLimits {
  /** Requests at once that change nothing, watches apart. */
  readonly maxReadsInFlight: number;
  readonly maxWritesInFlight: number;
  readonly maxWatches: number;
  readonly maxWatchesPerUser: number;
  /** Steady rate and burst of one user; the admins' group is exempt. */
  readonly requestsPerSecondPerUser: number;
  readonly burstPerUser: number;
}

/** The limits of a server that is given none. */
export const defaultRequestLimits: RequestLimits = {
  maxReadsInFlight: 800,
  maxWritesInFlight: 400,
  maxWatches: 20_000,
  maxWatchesPerUser: 10_000,
  requestsPerSecondPerUser: 1_000,
  burstPerUser: 2_000,
};

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Users whose buckets are full again are forgotten when there are more than this many. */
const MAX_BUCKETS = 10_000;

const READS: readonly string[] = ['get', 'list', 'head', 'options'];

/** Counts what is going on, and refuses what would be too much. */
export class RequestGate {
  private readonly buckets = new Map<string, Bucket>();
  private readonly watchesByUser = new Map<string, number>();
  private reads = 0;
  private writes = 0;
  private watches = 0;

  constructor(
    private readonly limits: RequestLimits,
    private readonly nowMs: () => number,
  ) {}

  /** What is going on now, for metrics. */
  get numbers(): { readonly reads: number; readonly writes: number; readonly watches: number } {
    return { reads: this.reads, writes: this.writes, watches: this.watches };
  }

  /** Lets a request in. @returns to be called once when it is over @throws ApiError 429 */
  enter(user: UserInfo, verb: string): () => void {
    this.takeToken(user);
    if (verb === 'watch') return this.enterWatch(user.name);
    const reading = READS.includes(verb);
    if (reading ? this.reads >= this.limits.maxReadsInFlight : this.writes >= this.limits.maxWritesInFlight)
      throw tooMany('too many requests at once');
    if (reading) this.reads += 1;
    else this.writes += 1;
    return once(() => {
      if (reading) this.reads -= 1;
      else this.writes -= 1;
    });
  }

  private enterWatch(user: string): () => void {
    const own = this.watchesByUser.get(user) ?? 0;
    if (this.watches >= this.limits.maxWatches || own >= this.limits.maxWatchesPerUser)
      throw tooMany('too many watches at once');
    this.watches += 1;
    this.watchesByUser.set(user, own + 1);
    return once(() => {
      this.watches -= 1;
      const left = (this.watchesByUser.get(user) ?? 1) - 1;
      if (left === 0) this.watchesByUser.delete(user);
      else this.watchesByUser.set(user, left);
    });
  }

  private takeToken({ name, groups }: UserInfo): void {
    if (groups.includes(MASTERS_GROUP)) return;
    const { requestsPerSecondPerUser: rate, burstPerUser: burst } = this.limits;
    const nowMs = this.nowMs();
    const { tokens, atMs } = this.buckets.get(name) ?? { tokens: burst, atMs: nowMs };
    // A clock that was set back takes no tokens away.
    const filled = Math.min(burst, tokens + (Math.max(0, nowMs - atMs) / 1000) * rate);
    if (filled < 1) throw tooMany(`user "${name}" sends more than ${rate} requests per second`);
    if (this.buckets.size >= MAX_BUCKETS) this.forgetFull(nowMs);
    this.buckets.set(name, { tokens: filled - 1, atMs: nowMs });
  }

  private forgetFull(nowMs: number): void {
    const { requestsPerSecondPerUser: rate, burstPerUser: burst } = this.limits;
    for (const [name, { tokens, atMs }] of this.buckets) {
      if (tokens + ((nowMs - atMs) / 1000) * rate >= burst) this.buckets.delete(name);
    }
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}

function tooMany(why: string): ApiError {
  return new ApiError('TooManyRequests', `Too many requests, please try again later: ${why}`, { retryAfterSeconds: 1 });
}
