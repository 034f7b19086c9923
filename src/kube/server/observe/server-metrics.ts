import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestGate } from '../limits/request-limits';
import type { RequestInfo } from '../request/request-info';
import type { ObjectStore } from '../storage';

/** What the metrics are read from when they are scraped. */
export interface MetricSources {
  readonly store: ObjectStore;
  readonly gate: RequestGate;
}

const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];

/** Metrics of one server, named as a kube-apiserver names them. No label holds an object's or a user's name. */
export class ServerMetrics {
  private readonly registry = new Registry();
  private readonly requests = new Counter({
    name: 'apiserver_request_total',
    help: 'Requests by verb, group, version, resource, subresource and HTTP code.',
    labelNames: ['verb', 'group', 'version', 'resource', 'subresource', 'code'],
    registers: [this.registry],
  });
  private readonly durations = new Histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'Time to answer, watches apart.',
    labelNames: ['verb', 'resource'],
    buckets: SECONDS,
    registers: [this.registry],
  });

  constructor({ store, gate }: MetricSources) {
    const registers = [this.registry];
    new Gauge({
      name: 'apiserver_current_inflight_requests',
      help: 'Requests that are being answered.',
      labelNames: ['request_kind'],
      registers,
      collect() {
        this.set({ request_kind: 'readOnly' }, gate.numbers.reads);
        this.set({ request_kind: 'mutating' }, gate.numbers.writes);
      },
    });
    new Gauge({
      name: 'apiserver_longrunning_requests',
      help: 'Watches that are open.',
      labelNames: ['verb'],
      registers,
      collect() {
        this.set({ verb: 'WATCH' }, gate.numbers.watches);
      },
    });
    new Gauge({
      name: 'apiserver_resource_objects',
      help: 'Stored objects by resource.',
      labelNames: ['resource'],
      registers,
      collect() {
        this.reset();
        for (const resource of store.resources) this.set({ resource }, store.table(resource).size);
      },
    });
    new Gauge({
      name: 'flotilla_apiserver_store_revision',
      help: 'Number of the last visible change.',
      registers,
      collect() {
        this.set(store.revision);
      },
    });
  }

  /** Counts an answered request. */
  observe({ verb, resource }: RequestInfo, code: number, seconds: number): void {
    const { group = '', version = '', plural = '', subresource = '' } = resource ?? {};
    this.requests.inc({ verb: verb.toUpperCase(), group, version, resource: plural, subresource, code });
    if (verb !== 'watch') this.durations.observe({ verb: verb.toUpperCase(), resource: plural }, seconds);
  }

  /** Everything in Prometheus' text format. */
  async text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }
}
