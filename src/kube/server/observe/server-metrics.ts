import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestGate } from '../limits/request-limits';
import type { RequestInfo, ResourceRequest } from '../request/request-info';
import type { ObjectStore } from '../storage';

/** What the metrics are read from when they are scraped. */
export interface MetricSources {
  readonly store: ObjectStore;
  readonly gate: RequestGate;
  /** Whether a path names something that exists here. */
  readonly isServed: (resource: ResourceRequest) => boolean;
}

const VERBS: readonly string[] = [
  ...['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'],
  ...['head', 'options', 'post', 'put'],
];
const SUBRESOURCES: readonly string[] = ['', 'status', 'scale', 'finalize', 'eviction', 'token'];

const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];

/**
 * Metrics of one server, named as a kube-apiserver names them. No label holds an object's or a user's name, nor anything else that
 * a client makes up: each value is a series in memory, and paths are counted before anybody has proven who he is.
 */
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

  constructor(private readonly sources: MetricSources) {
    const { store, gate } = sources;
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
  observe(info: RequestInfo, code: number, seconds: number): void {
    const verb = VERBS.includes(info.verb) ? info.verb.toUpperCase() : 'OTHER';
    const { group, version, plural, subresource } = this.servedPart(info);
    this.requests.inc({ verb, group, version, resource: plural, subresource, code });
    if (info.verb !== 'watch') this.durations.observe({ verb, resource: plural }, seconds);
  }

  private servedPart({ resource }: RequestInfo): Omit<ResourceRequest, 'namespace' | 'name'> {
    if (resource === undefined || !this.sources.isServed(resource)) return NOTHING;
    return SUBRESOURCES.includes(resource.subresource) ? resource : { ...resource, subresource: 'other' };
  }

  /** Everything in Prometheus' text format. */
  async text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }
}

const NOTHING = { group: '', version: '', plural: '', subresource: '' };
