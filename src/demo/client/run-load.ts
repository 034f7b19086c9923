import type { Clock } from '../../kernel';
import type { WhoamiReply } from '../workload/whoami-service';

/** Sends one request and returns the answer; rejects when there is none. */
export type Ask = () => Promise<Pick<WhoamiReply, 'zone' | 'crossings'>>;

/** How much to send. Both limits may be given; the run ends with the first that is reached. */
export interface LoadShape {
  readonly requests: number;
  /** Requests under way at once. */
  readonly concurrency: number;
  readonly durationMs?: number;
}

/** What came back. */
export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  /** Up to five different messages. */
  readonly errorMessages: readonly string[];
  /** Answers by the zone that gave them. */
  readonly answers: Readonly<Record<string, number>>;
  readonly maxCrossings: number;
  readonly durationMs: number;
  /** When the last error came, counted from the start of the run. */
  readonly lastErrorMs?: number;
}

const MESSAGE_LIMIT = 5;

/** Counts answers and errors as they come. */
export class LoadTally {
  private readonly answers = new Map<string, number>();
  private readonly messages = new Set<string>();
  private errors = 0;
  private requests = 0;
  private maxCrossings = 0;
  private lastErrorMs: number | undefined;

  answered({ zone, crossings }: Awaited<ReturnType<Ask>>): void {
    this.requests += 1;
    this.answers.set(zone, (this.answers.get(zone) ?? 0) + 1);
    this.maxCrossings = Math.max(this.maxCrossings, crossings);
  }

  failed(cause: unknown, atMs: number): void {
    this.requests += 1;
    this.errors += 1;
    this.lastErrorMs = atMs;
    if (this.messages.size < MESSAGE_LIMIT) this.messages.add(cause instanceof Error ? cause.message : String(cause));
  }

  result(durationMs: number): LoadResult {
    return {
      requests: this.requests,
      errors: this.errors,
      errorMessages: [...this.messages],
      answers: Object.fromEntries([...this.answers].sort(([left], [right]) => (left < right ? -1 : 1))),
      maxCrossings: this.maxCrossings,
      durationMs,
      ...(this.lastErrorMs === undefined ? {} : { lastErrorMs: this.lastErrorMs }),
    };
  }
}

/** Sends requests, never more than `concurrency` at once, and counts what comes back. An error is counted, never repeated. */
export async function runLoad(ask: Ask, shape: LoadShape, clock: Pick<Clock, 'nowMs'>): Promise<LoadResult> {
  const tally = new LoadTally();
  const startedMs = clock.nowMs();
  const elapsedMs = (): number => clock.nowMs() - startedMs;
  let left = shape.requests;
  const worker = async (): Promise<void> => {
    while (left > 0 && elapsedMs() < (shape.durationMs ?? Infinity)) {
      left -= 1;
      try {
        tally.answered(await ask());
      } catch (cause) {
        tally.failed(cause, elapsedMs());
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(shape.concurrency, shape.requests) }, worker));
  return tally.result(elapsedMs());
}
