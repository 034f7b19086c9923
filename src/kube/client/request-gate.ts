import type { Clock, Stop } from '../../kernel';

/** Who goes first when requests have to wait: leases keep leaders alive, audits can wait. */
export type RequestPriority = 'high' | 'normal' | 'low';

/** How much one cluster may be asked. */
export interface RateLimit {
  readonly requestsPerSecond: number;
  /** How many may come at once after a quiet time. */
  readonly burst: number;
}

interface Waiter {
  readonly enter: () => void;
}

const ORDER: readonly RequestPriority[] = ['high', 'normal', 'low'];

/**
 * A token bucket in front of one API server, with a bound on what is under way at once; by priority, then first come,
 * first served. Each cluster has its own, so a slow or throttled one delays nobody else. High priority takes its
 * tokens too, but never waits for them or for a place: it is rare, and late leases cost leadership.
 */
export class RequestGate {
  private tokens: number;
  private refilledAtMs: number;
  private underWay = 0;
  private readonly waiting: Readonly<Record<RequestPriority, Set<Waiter>>> = {
    high: new Set(),
    normal: new Set(),
    low: new Set(),
  };
  private stopTimer: Stop | undefined;

  constructor(
    private readonly limit: RateLimit,
    private readonly places: number,
    private readonly clock: Clock,
  ) {
    this.tokens = limit.burst;
    this.refilledAtMs = clock.nowMs();
  }

  /** Requests that wait for their turn. */
  get depth(): number {
    return ORDER.reduce((sum, priority) => sum + this.waiting[priority].size, 0);
  }

  /**
   * Resolves when the request may be sent; what it resolves to must be called when it is over. Rejects when the
   * signal aborts.
   */
  enter(priority: RequestPriority, signal: AbortSignal): Promise<Stop> {
    this.refill();
    if (priority === 'high' || (this.depth === 0 && this.isOpen())) return Promise.resolve(this.admit());
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.waiting[priority].delete(waiter);
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        enter: () => {
          signal.removeEventListener('abort', abort);
          resolve(this.admit());
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      this.waiting[priority].add(waiter);
      this.pump();
    });
  }

  private admit(): Stop {
    this.tokens -= 1;
    this.underWay += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.underWay -= 1;
      this.pump();
    };
  }

  private pump(): void {
    this.refill();
    this.stopTimer?.();
    this.stopTimer = undefined;
    for (const waiter of this.inOrder()) {
      if (!this.isOpen()) break;
      for (const priority of ORDER) this.waiting[priority].delete(waiter);
      waiter.enter();
    }
    if (this.depth === 0 || this.underWay >= this.places) return;
    const missingTokens = 1 - this.tokens;
    const waitMs = Math.max(1, Math.ceil((missingTokens * 1000) / this.limit.requestsPerSecond));
    this.stopTimer = this.clock.after(waitMs, () => this.pump());
  }

  private inOrder(): readonly Waiter[] {
    return ORDER.flatMap((priority) => [...this.waiting[priority]]);
  }

  private isOpen(): boolean {
    return this.tokens >= 1 && this.underWay < this.places;
  }

  private refill(): void {
    const nowMs = this.clock.nowMs();
    const { requestsPerSecond, burst } = this.limit;
    // A clock that was set back takes no tokens away.
    const passedMs = Math.max(0, nowMs - this.refilledAtMs);
    this.tokens = Math.min(burst, this.tokens + (passedMs * requestsPerSecond) / 1000);
    this.refilledAtMs = nowMs;
  }
}
