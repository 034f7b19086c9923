import { Counter, Gauge, type Registry } from 'prom-client';
import type { ApplyOutcome } from '../report/apply-outcome';

/** Told what the agent does; for metrics. */
export interface ZoneObserver {
  /** An attempt to make a cluster hold a bundle has ended. */
  applied(outcome: ApplyOutcome['kind']): void;
  /** Something that others had changed was put back. */
  repaired(): void;
}

/** Listens to nothing. */
export const silentZoneObserver: ZoneObserver = { applied: () => undefined, repaired: () => undefined };

/** What the gauges read when they are scraped; label value → count. */
export interface ZoneGauges {
  /** Bundles by phase. */
  bundles(): Readonly<Record<string, number>>;
  /** Probed remote members: `healthy`, `unhealthy`, `unprobed`. */
  members(): Readonly<Record<string, number>>;
  /** Clusters of the zone: `reached`, `lost`. */
  clusters(): Readonly<Record<string, number>>;
}

/** The zone agent's Prometheus metrics. */
export class ZoneMetrics implements ZoneObserver {
  private readonly attempts: Counter<'outcome'>;
  private readonly repairs: Counter;

  constructor(registry: Registry, gauges: ZoneGauges) {
    const registers = [registry];
    this.attempts = new Counter({
      ...{ name: 'flotilla_zone_applies_total', help: 'Attempts to apply a bundle, by outcome', registers },
      labelNames: ['outcome'],
    });
    this.repairs = new Counter({
      ...{ name: 'flotilla_zone_repairs_total', help: 'Bundles whose objects others had changed, put back', registers },
    });
    gauge(registry, 'flotilla_zone_bundles', 'Bundles by phase', 'phase', () => gauges.bundles());
    gauge(registry, 'flotilla_zone_members', 'Remote members by health', 'health', () => gauges.members());
    gauge(registry, 'flotilla_zone_clusters', 'Clusters of the zone by reachability', 'state', () => gauges.clusters());
  }

  applied(outcome: ApplyOutcome['kind']): void {
    this.attempts.inc({ outcome });
  }

  repaired(): void {
    this.repairs.inc();
  }
}

function gauge(
  registry: Registry,
  name: string,
  help: string,
  label: string,
  read: () => Readonly<Record<string, number>>,
): void {
  const collect = (): void => {
    metric.reset();
    for (const [value, count] of Object.entries(read())) metric.set({ [label]: value }, count);
  };
  const metric = new Gauge({ name, help, labelNames: [label], registers: [registry], collect });
}
