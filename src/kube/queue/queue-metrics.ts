import type { Stop } from '../../kernel';

/** Times of one run, for metrics. */
export interface RunNumbers {
  /** Between becoming ready and starting. */
  readonly waitedMs: number;
  readonly tookMs: number;
  readonly succeeded: boolean;
}

/** Where a queue counts; names as in controller-runtime. */
export interface QueueMetrics {
  countAdd(name: string): void;
  countRetry(name: string): void;
  observeRun(name: string, numbers: RunNumbers): void;
  /** Asks for the depth whenever metrics are read, until stopped. */
  followDepth(name: string, depth: () => number): Stop;
}
