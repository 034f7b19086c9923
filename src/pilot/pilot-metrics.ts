import { Counter, Gauge, Registry } from 'prom-client';

import type { DiscoveryTypeName, XdsObserver } from './xds';

/** What the gauges read when they are scraped. */
export interface PilotGauges {
  proxies(): Readonly<Record<string, number>>;
  sources(): Readonly<Record<string, number>>;
  queueDepth(): number;
  models(): number;
  views(): number;
  encodings(): number;
}

/** The pilot's Prometheus metrics; names as istiod's where they mean the same. */
export class PilotMetrics implements XdsObserver {
  private readonly pushes: Counter<'type'>;
  private readonly resources: Counter<'type'>;
  private readonly bytes: Counter<'type'>;
  private readonly nacks: Counter<'type'>;
  private readonly failures: Counter<'type'>;

  constructor(
    gauges: PilotGauges,
    private readonly registry = new Registry(),
  ) {
    this.pushes = this.counter('pilot_xds_pushes', 'Answers sent to proxies');
    this.resources = this.counter('pilot_xds_resources', 'Resources sent to proxies');
    this.bytes = this.counter('pilot_xds_bytes', 'Bytes of answers sent to proxies');
    this.nacks = this.counter('pilot_xds_nacks', 'Answers that a proxy refused');
    this.failures = this.counter('pilot_xds_failures', 'Answers that could not be made or sent');
    this.labelled('pilot_proxies', 'Connected proxies', 'proxy_type', () => gauges.proxies());
    this.labelled('pilot_sources', 'Watches of the clusters by state', 'state', () => gauges.sources());
    this.gauge('pilot_push_queue_depth', 'Proxies that wait for their turn', () => gauges.queueDepth());
    this.gauge('pilot_models_built', 'Models built since the start', () => gauges.models());
    this.gauge('pilot_views', 'Groups of proxies that share their resources, by type', () => gauges.views());
    this.gauge('pilot_encodings', 'Resources encoded since the start', () => gauges.encodings());
  }

  sent(type: DiscoveryTypeName, resources: number, bytes: number): void {
    this.pushes.inc({ type });
    this.resources.inc({ type }, resources);
    this.bytes.inc({ type }, bytes);
  }

  refused(type: DiscoveryTypeName): void {
    this.nacks.inc({ type });
  }

  failed(type: DiscoveryTypeName): void {
    this.failures.inc({ type });
  }

  /** The exposition text and its content type. */
  async expose(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }

  private counter(name: string, help: string): Counter<'type'> {
    return new Counter({ name, help, labelNames: ['type'], registers: [this.registry] });
  }

  private gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [this.registry], collect: () => gauge.set(read()) });
  }

  private labelled(name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void {
    const collect = (): void => {
      gauge.reset();
      for (const [value, count] of Object.entries(read())) gauge.set({ [label]: value }, count);
    };
    const gauge = new Gauge({ name, help, labelNames: [label], registers: [this.registry], collect });
  }
}
