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
  /** Asked for when metrics are read. */
  watchDepth(name: string, depth: () => number): void;
}
