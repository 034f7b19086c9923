/** Waits that double from failure to failure. */
export interface Backoff {
  readonly initialMs: number;
  readonly maxMs: number;
}

/** Between 0 (inclusive) and 1, as Math.random; injected so that tests repeat. */
export type Random = () => number;

/**
 * The wait after the nth failure in a row (1 = first): anything up to `initialMs` × 2ⁿ⁻¹, at most `maxMs`. Full
 * jitter keeps the clients of a server that comes back from calling all at once.
 */
export function fullJitterMs({ initialMs, maxMs }: Backoff, failures: number, random: Random): number {
  return Math.round(random() * ceilingMs({ initialMs, maxMs }, failures));
}

/** The same, but never less than half of it: for retries of work, where a wait of nothing would be no back-off. */
export function halfJitterMs(backoff: Backoff, failures: number, random: Random): number {
  const ceiling = ceilingMs(backoff, failures);
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}

function ceilingMs({ initialMs, maxMs }: Backoff, failures: number): number {
  return Math.min(maxMs, initialMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
}
