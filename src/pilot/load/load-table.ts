import type { ServiceLoad } from './service-load';

/** Where the requests to a host went, in whole per cent by `region/zone`; zones that nothing went to are absent. */
export type LoadShares = ReadonlyMap<string, number>;

/** How the table remembers. */
export interface LoadTableOptions {
  /** Time that shares are made from. */
  readonly windowMs?: number;
  /** Hosts and zones are names that proxies tell: there is room for so many hosts, and for so many zones of each. */
  readonly maxHosts?: number;
  readonly maxZonesPerHost?: number;
}

const BUCKETS = 10;
const DEFAULTS = { windowMs: 300_000, maxHosts: 20_000, maxZonesPerHost: 256 };

/**
 * Requests per host and zone over a sliding window, in buckets of a tenth of it, so that neither memory nor time grows with the traffic.
 * Holds no clock: every call says when it is, in milliseconds.
 */
export class LoadTable {
  private readonly hosts = new Map<string, Map<string, number[]>>();
  private readonly limits: Required<LoadTableOptions>;
  private bucket = 0;

  constructor(options: LoadTableOptions = {}) {
    this.limits = { ...DEFAULTS, ...options };
  }

  /** Takes what a proxy reported. */
  add(loads: readonly ServiceLoad[], nowMs: number): void {
    this.advance(nowMs);
    for (const { hostname, zone, requests } of loads) {
      const counts = this.countsOf(hostname, zone);
      if (counts !== undefined) counts[this.bucket % BUCKETS] = (counts[this.bucket % BUCKETS] ?? 0) + requests;
    }
  }

  /** @returns undefined when nothing went to the host within the window */
  sharesOf(hostname: string, nowMs: number): LoadShares | undefined {
    this.advance(nowMs);
    const zones = [...(this.hosts.get(hostname) ?? [])].map(([zone, counts]) => [zone, sum(counts)] as const);
    const total = sum(zones.map(([, requests]) => requests));
    if (total === 0) return undefined;
    return new Map(zones.map(([zone, requests]) => [zone, Math.round((100 * requests) / total)]));
  }

  /** Forgets the buckets that have left the window, and hosts and zones of which nothing is left. */
  private advance(nowMs: number): void {
    const current = Math.floor((nowMs * BUCKETS) / this.limits.windowMs);
    const passed = Math.min(BUCKETS, current - this.bucket);
    if (passed <= 0) return;
    this.bucket = current;
    const stale = Array.from({ length: passed }, (_unused, back) => (current - back) % BUCKETS);
    for (const [hostname, zones] of this.hosts) {
      for (const [zone, counts] of zones) {
        for (const index of stale) counts[index] = 0;
        if (sum(counts) === 0) zones.delete(zone);
      }
      if (zones.size === 0) this.hosts.delete(hostname);
    }
  }

  private countsOf(hostname: string, zone: string): number[] | undefined {
    const { maxHosts, maxZonesPerHost } = this.limits;
    const zones = this.hosts.get(hostname) ?? new Map<string, number[]>();
    const counts = zones.get(zone) ?? new Array<number>(BUCKETS).fill(0);
    const full = this.hosts.size >= maxHosts && !this.hosts.has(hostname);
    if (full || (zones.size >= maxZonesPerHost && !zones.has(zone))) return undefined;
    this.hosts.set(hostname, zones.set(zone, counts));
    return counts;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
