import { setMaxListeners } from 'node:events';
import type { Clock, Stop } from '../../kernel';

/** Why a timer ended the work. */
export interface Expiry {
  readonly reason: 'Timeout' | 'Silent';
  readonly message: string;
}

/**
 * One abort signal out of several causes: parent signals and a timer that can be set anew. `stop` must be called when
 * the work is over; it leaves no listener on the parents, which live as long as the process.
 */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly unlink: Stop[] = [];
  private stopTimer: Stop | undefined;
  private expiredWith: Expiry | undefined;

  constructor(
    private readonly clock: Clock,
    parents: readonly (AbortSignal | undefined)[] = [],
  ) {
    for (const parent of parents) this.follow(parent);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Why the timer ended the work; undefined while it did not. */
  get expired(): Expiry | undefined {
    return this.expiredWith;
  }

  /** Aborts after `delayMs` unless called again. */
  arm(delayMs: number, expiry: Expiry): void {
    this.stopTimer?.();
    this.stopTimer = this.clock.after(delayMs, () => {
      this.expiredWith = expiry;
      this.controller.abort(new Error(expiry.message));
    });
  }

  /** Ends the timer only. */
  disarm(): void {
    this.stopTimer?.();
    this.stopTimer = undefined;
  }

  stop(): void {
    this.disarm();
    for (const unlink of this.unlink.splice(0)) unlink();
  }

  private follow(parent: AbortSignal | undefined): void {
    if (parent === undefined) return;
    if (parent.aborted) return this.controller.abort(parent.reason);
    setMaxListeners(0, parent); // many requests may follow one signal; none stays behind
    const abort = (): void => {
      this.disarm();
      this.controller.abort(parent.reason);
    };
    parent.addEventListener('abort', abort, { once: true });
    this.unlink.push(() => parent.removeEventListener('abort', abort));
  }
}
