import { setMaxListeners } from 'node:events';
import type { Clock, Stop } from '../../kernel';
import { defaultThresholds, type HealthState, observeProbe, type ProbeThresholds, unprobed } from './health-state';
import type { Probe, ProbeTarget } from './tcp-connect';

/** How the prober goes about it. */
export interface ProberOptions {
  readonly clock: Clock;
  readonly probe: Probe;
  /** A member's health changed, or was seen for the first time. */
  readonly onChange: () => void;
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  /** Probes under way at the same time. */
  readonly concurrency?: number;
  readonly thresholds?: ProbeThresholds;
}

interface Watched {
  readonly target: ProbeTarget;
  state: HealthState;
  stop: Stop;
}

const INTERVAL_MS = 2000;
const TIMEOUT_MS = 1000;
const CONCURRENCY = 64;

/**
 * Probes remote members, each every interval. At most `concurrency` connections are open at once; whoever is due meanwhile
 * waits in line. What can happen: targets come and go while a probe of theirs is under way; its outcome is then dropped.
 */
export class Prober {
  private readonly watched = new Map<string, Watched>();
  private readonly line: string[] = [];
  private readonly closing = new AbortController();
  private underWay = 0;

  constructor(private readonly options: ProberOptions) {
    setMaxListeners(options.concurrency ?? CONCURRENCY, this.closing.signal);
  }

  /** Replaces the set of targets. Known ones keep their state and rhythm. */
  setTargets(targets: readonly ProbeTarget[]): void {
    const wanted = new Map(targets.map((target) => [keyOf(target), target]));
    for (const [key, { stop }] of this.watched) {
      if (wanted.has(key)) continue;
      stop();
      this.watched.delete(key);
    }
    for (const [key, target] of wanted) {
      if (this.watched.has(key) || this.closing.signal.aborted) continue;
      this.watched.set(key, { target, state: unprobed, stop: () => undefined });
      this.enqueue(key);
    }
  }

  /** What is known of a target; unprobed when it is not watched. */
  stateOf(target: ProbeTarget): HealthState {
    return this.watched.get(keyOf(target))?.state ?? unprobed;
  }

  /** What is known of every target. */
  states(): readonly HealthState[] {
    return [...this.watched.values()].map(({ state }) => state);
  }

  /** Ends all probes and timers. */
  close(): void {
    this.setTargets([]);
    this.line.length = 0;
    this.closing.abort();
  }

  private enqueue(key: string): void {
    this.line.push(key);
    this.work();
  }

  private work(): void {
    while (this.underWay < (this.options.concurrency ?? CONCURRENCY)) {
      const key = this.line.shift();
      if (key === undefined) return;
      const watched = this.watched.get(key);
      if (watched !== undefined) void this.probe(key, watched);
    }
  }

  private async probe(key: string, watched: Watched): Promise<void> {
    const { probe, clock, thresholds = defaultThresholds, intervalMs = INTERVAL_MS } = this.options;
    this.underWay += 1;
    const outcome = await probe(watched.target, this.options.timeoutMs ?? TIMEOUT_MS, this.closing.signal);
    this.underWay -= 1;
    if (!this.closing.signal.aborted && this.watched.get(key) === watched) {
      const before = watched.state;
      watched.state = observeProbe(before, outcome, thresholds);
      watched.stop = clock.after(intervalMs, () => this.enqueue(key));
      if (before.healthy !== watched.state.healthy || before.message !== watched.state.message) this.options.onChange();
    }
    this.work();
  }
}

function keyOf({ address, port }: ProbeTarget): string {
  return `${address} ${port}`;
}
