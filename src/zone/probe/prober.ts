import { setMaxListeners } from 'node:events';
import type { Clock, Stop } from '../../kernel';
import type { Random } from '../../kube';
import { DueHeap } from './due-heap';
import { defaultThresholds, type HealthState, observeProbe, type ProbeThresholds, unprobed } from './health-state';
import { type Probe, probeKey, type ProbeSchedule, type ProbeTarget } from './probe-target';

/** How the prober goes about it. */
export interface ProberOptions {
  readonly clock: Clock;
  readonly probe: Probe;
  /** A target's health changed, or was seen for the first time. */
  readonly onChange: (target: ProbeTarget) => void;
  /** Spreads probes over time; without it they are on the dot. */
  readonly random?: Random;
  /** For targets without a schedule of their own. */
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly thresholds?: ProbeThresholds;
  /** Probes under way at the same time. */
  readonly concurrency?: number;
}

/** What is known of a target, and since when. */
export interface WatchedHealth extends HealthState {
  /** When `healthy` became what it is, in milliseconds since the epoch. */
  readonly sinceMs?: number;
}

interface Watched {
  readonly target: ProbeTarget;
  readonly schedule: ProbeSchedule;
  health: WatchedHealth;
}

/** A place in the schedule; it is void when its target was replaced meanwhile. */
interface Turn {
  readonly dueMs: number;
  readonly key: string;
  readonly watched: Watched;
}

const INTERVAL_MS = 2000;
const TIMEOUT_MS = 1000;
const CONCURRENCY = 64;

/** How long the first probes of many new targets are spread over, at most. */
const FIRST_SPREAD_MS = 1000;

/** Part of a pause by which a turn may be early; never late, because the interval is a promise. */
const JITTER = 0.1;

/** Part of the interval that is left for confirming a change, where one outcome is not enough. */
const CONFIRMING = 0.25;

/**
 * Probes targets, each in its own rhythm, off one schedule with one timer. At most `concurrency` probes are under way; whoever is due
 * meanwhile waits in line. The interval is how long a change takes at most until it is believed, as far as probes are answered or
 * refused at once: three quarters of it lie between two probes, and the probes that a threshold needs beyond the first fall into the
 * last quarter. A target that swallows probes takes a timeout for each of them instead. What can happen: targets come and go while a
 * probe of theirs is under way; its outcome is then dropped.
 */
export class Prober {
  private readonly watched = new Map<string, Watched>();
  private readonly schedule = new DueHeap<Turn>();
  private readonly closing = new AbortController();
  private underWay = 0;
  private timer: { readonly dueMs: number; readonly stop: Stop } | undefined;

  constructor(private readonly options: ProberOptions) {
    setMaxListeners(options.concurrency ?? CONCURRENCY, this.closing.signal);
  }

  /** Replaces the set of targets. Known ones keep their state and rhythm. */
  setTargets(targets: readonly ProbeTarget[]): void {
    const wanted = new Map(targets.map((target) => [probeKey(target), target]));
    for (const key of this.watched.keys()) if (!wanted.has(key)) this.watched.delete(key);
    for (const [key, target] of wanted) {
      if (this.watched.has(key) || this.closing.signal.aborted) continue;
      const watched = { target, schedule: target.schedule ?? this.ownSchedule(), health: unprobed };
      this.watched.set(key, watched);
      const spreadMs = Math.min(watched.schedule.intervalMs, FIRST_SPREAD_MS);
      this.plan(key, watched, this.options.clock.nowMs() + (this.options.random?.() ?? 0) * spreadMs);
    }
    if (this.watched.size === 0) this.schedule.clear();
    this.arm();
  }

  /** What is known of a target; unprobed when it is not watched. */
  stateOf(target: ProbeTarget): WatchedHealth {
    return this.watched.get(probeKey(target))?.health ?? unprobed;
  }

  /** What is known of every target. */
  states(): readonly WatchedHealth[] {
    return [...this.watched.values()].map(({ health }) => health);
  }

  /** Ends all probes and timers. */
  close(): void {
    this.closing.abort();
    this.setTargets([]);
  }

  private ownSchedule(): ProbeSchedule {
    const { intervalMs = INTERVAL_MS, timeoutMs = TIMEOUT_MS, thresholds = defaultThresholds } = this.options;
    return { intervalMs, timeoutMs, thresholds };
  }

  private plan(key: string, watched: Watched, dueMs: number): void {
    this.schedule.push({ dueMs, key, watched });
  }

  /** One timer for whoever is due next; none while every place is taken, because each probe that ends looks again. */
  private arm(): void {
    const dueMs = this.underWay < (this.options.concurrency ?? CONCURRENCY) ? this.schedule.peek()?.dueMs : undefined;
    if (this.timer?.dueMs === dueMs) return;
    this.timer?.stop();
    this.timer = undefined;
    if (dueMs === undefined) return;
    const { clock } = this.options;
    const stop = clock.after(Math.max(0, dueMs - clock.nowMs()), () => {
      this.timer = undefined;
      this.work();
    });
    this.timer = { dueMs, stop };
  }

  private work(): void {
    const { clock, concurrency = CONCURRENCY } = this.options;
    while (this.underWay < concurrency && (this.schedule.peek()?.dueMs ?? Number.POSITIVE_INFINITY) <= clock.nowMs()) {
      const turn = this.schedule.pop();
      if (turn !== undefined && this.watched.get(turn.key) === turn.watched) void this.probe(turn.key, turn.watched);
    }
    this.arm();
  }

  private async probe(key: string, watched: Watched): Promise<void> {
    const { target, schedule } = watched;
    const beganMs = this.options.clock.nowMs();
    this.underWay += 1;
    const outcome = await this.options.probe(target, schedule.timeoutMs, this.closing.signal);
    this.underWay -= 1;
    if (!this.closing.signal.aborted && this.watched.get(key) === watched) {
      const before = watched.health;
      watched.health = this.observe(before, observeProbe(before, outcome, schedule.thresholds));
      this.plan(key, watched, beganMs + this.pauseMs(watched));
      if (before.healthy !== watched.health.healthy || before.message !== watched.health.message)
        this.options.onChange(target);
    }
    this.work();
  }

  private observe(before: WatchedHealth, now: HealthState): WatchedHealth {
    if (before.healthy !== now.healthy) return { ...now, sinceMs: this.options.clock.nowMs() };
    return before.sinceMs === undefined ? now : { ...now, sinceMs: before.sinceMs };
  }

  /** From the beginning of one probe to the next. */
  private pauseMs({ health, schedule: { intervalMs, thresholds } }: Watched): number {
    const more = (health.healthy === true ? thresholds.unhealthyAfter : thresholds.healthyAfter) - 1;
    const confirmingMs = more > 0 ? intervalMs * CONFIRMING : 0;
    const pauseMs = health.against > 0 ? confirmingMs / Math.max(1, more) : intervalMs - confirmingMs;
    return pauseMs * (1 - JITTER * (this.options.random?.() ?? 0));
  }
}
