import type { RunNumbers } from './keyed-queue';

/** Where a queue counts; names as in controller-runtime. */
export interface QueueMetrics {
  countAdd(name: string): void;
  countRetry(name: string): void;
  observeRun(name: string, numbers: RunNumbers): void;
  /** Asked for when metrics are read. */
  watchDepth(name: string, depth: () => number): void;
}
