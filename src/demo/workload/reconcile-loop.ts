import { type Clock, type Logger, pause, toFlotillaError } from '../../kernel';

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;

/**
 * Brings the world into line again and again: one run at a time; triggers during a run make one more run; a run that
 * fails is repeated after a pause that doubles up to 5 s. Made for a handful of objects, where looking at all of them
 * on every change is the plain way.
 */
export class ReconcileLoop {
  private readonly stopping = new AbortController();
  private wanted = false;
  private running: Promise<void> | undefined;
  private failures = 0;

  constructor(
    private readonly name: string,
    private readonly reconcile: () => Promise<void>,
    private readonly surroundings: { readonly clock: Clock; readonly logger: Logger },
  ) {}

  /** Asks for a run soon. */
  trigger(): void {
    this.wanted = true;
    if (this.running === undefined && !this.stopping.signal.aborted) this.running = this.drain();
  }

  /** Resolves when nothing is left to do for now. */
  async settled(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  /** Ends the loop after the run that is under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async drain(): Promise<void> {
    // A turn of the event loop, so that the many triggers of one batch of news make one run.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.wanted && !this.stopping.signal.aborted) {
      this.wanted = false;
      await this.runOnce();
    }
    this.running = undefined;
  }

  private async runOnce(): Promise<void> {
    try {
      await this.reconcile();
      this.failures = 0;
    } catch (cause) {
      const { code, message } = toFlotillaError(cause);
      this.surroundings.logger.warn('a run failed and will be repeated', { loop: this.name, code, reason: message });
      this.wanted = true;
      const delayMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures);
      this.failures += 1;
      await pause(this.surroundings.clock, delayMs, this.stopping.signal);
    }
  }
}
