import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ClientMetrics } from '../client/client-metrics';
import type { InformerLabels, InformerMetrics, InformerReading } from '../informer/informer-metrics';
import type { QueueMetrics } from '../queue/queue-metrics';

/** Everything that this room measures. */
export interface KubeMetrics {
  readonly client: ClientMetrics;
  readonly informer: InformerMetrics;
  readonly queue: QueueMetrics;
}

const SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10, 60];
const STATES = { Syncing: 0, Live: 1, Stalled: 2, Forbidden: 3 } as const;

/**
 * The room's metrics, registered once in a registry; names as in client-go and controller-runtime where they have
 * one. Labels are cluster, kind, verb, code and queue: at 100 clusters some thousand series, never one for each
 * object.
 */
export function createKubeMetrics(registry: Registry): KubeMetrics {
  return { client: clientMetrics(registry), informer: informerMetrics(registry), queue: queueMetrics(registry) };
}

function clientMetrics(registry: Registry): ClientMetrics {
  const registers = [registry];
  const requests = new Counter({
    ...{ name: 'rest_client_requests_total', help: 'Requests to API servers; code 0 means that no answer came.' },
    ...{ labelNames: ['cluster', 'verb', 'code'] as const, registers },
  });
  const durations = new Histogram({
    ...{ name: 'rest_client_request_duration_seconds', help: 'Time until an API server answered.' },
    ...{ labelNames: ['cluster', 'verb'] as const, buckets: SECONDS, registers },
  });
  const waits = new Histogram({
    ...{ name: 'rest_client_rate_limiter_duration_seconds', help: 'Time that requests waited for the rate limit.' },
    ...{ labelNames: ['cluster'] as const, buckets: SECONDS, registers },
  });
  return {
    observeRequest: ({ cluster, verb, code, tookMs }) => {
      requests.inc({ cluster, verb, code });
      durations.observe({ cluster, verb }, tookMs / 1000);
    },
    observeWait: ({ cluster, waitedMs }) => waits.observe({ cluster }, waitedMs / 1000),
  };
}

function informerMetrics(registry: Registry): InformerMetrics {
  const shared = { labelNames: ['cluster', 'kind'] as const, registers: [registry] };
  const followed = new Set<FollowedInformer>();
  gaugeOf(
    'informer_state',
    'The worst of the informers of a kind: 0 Syncing, 1 Live, 2 Stalled, 3 Forbidden.',
    (rows) => Math.max(...rows.map(({ state }) => STATES[state])),
  );
  gaugeOf('informer_objects', 'Objects in the caches.', (rows) => rows.reduce((sum, { objects }) => sum + objects, 0));
  const events = new Counter({ name: 'informer_events_total', help: 'Changes received.', ...shared });
  const syncs = new Counter({
    name: 'informer_syncs_total',
    help: 'Times that the whole state was fetched.',
    ...shared,
  });
  const missed = new Counter({
    ...{ name: 'informer_missed_events_total', help: 'Changes found by audits that no event had told.', ...shared },
  });
  return {
    follow: (labels, read) => {
      const informer = { labels, read };
      followed.add(informer);
      return () => followed.delete(informer);
    },
    countEvents: (labels, count) => events.inc({ ...labels }, count),
    countSync: (labels) => syncs.inc({ ...labels }),
    countMissed: (labels, count) => missed.inc({ ...labels }, count),
  };

  function gaugeOf(name: string, help: string, valueOf: (rows: readonly InformerReading[]) => number): void {
    const collect = (): void => {
      gauge.reset();
      for (const { labels, rows } of readingsOf(followed)) gauge.set({ ...labels }, valueOf(rows));
    };
    const gauge = new Gauge({ name, help, collect, ...shared });
  }
}

interface FollowedInformer {
  readonly labels: InformerLabels;
  readonly read: () => InformerReading;
}

interface InformerReadings {
  readonly labels: InformerLabels;
  readonly rows: InformerReading[];
}

/** Readings of the informers of one kind in one cluster, together. */
function readingsOf(followed: ReadonlySet<FollowedInformer>): readonly InformerReadings[] {
  const readings = new Map<string, InformerReadings>();
  for (const { labels, read } of followed) {
    const key = `${labels.cluster} ${labels.kind}`;
    const entry = readings.get(key) ?? { labels, rows: [] };
    entry.rows.push(read());
    readings.set(key, entry);
  }
  return [...readings.values()];
}

function queueMetrics(registry: Registry): QueueMetrics {
  const shared = { labelNames: ['name'] as const, registers: [registry] };
  const queues = new Set<{ readonly name: string; readonly depth: () => number }>();
  new Gauge({
    ...{ name: 'workqueue_depth', help: 'Keys that wait to run.', ...shared },
    collect() {
      this.reset();
      for (const { name, depth } of queues) this.inc({ name }, depth());
    },
  });
  const adds = new Counter({ name: 'workqueue_adds_total', help: 'Keys added.', ...shared });
  const retries = new Counter({
    name: 'workqueue_retries_total',
    help: 'Failed runs that will be repeated.',
    ...shared,
  });
  const runs = new Counter({
    ...{ name: 'reconcile_total', help: 'Runs by result.', registers: [registry] },
    labelNames: ['name', 'result'] as const,
  });
  const waits = new Histogram({
    ...{ name: 'workqueue_queue_duration_seconds', help: 'Time that keys waited.', buckets: SECONDS, ...shared },
  });
  const works = new Histogram({
    ...{ name: 'workqueue_work_duration_seconds', help: 'Time that runs took.', buckets: SECONDS, ...shared },
  });
  return {
    countAdd: (name) => adds.inc({ name }),
    countRetry: (name) => retries.inc({ name }),
    observeRun: (name, { waitedMs, tookMs, succeeded }) => {
      runs.inc({ name, result: succeeded ? 'success' : 'error' });
      waits.observe({ name }, waitedMs / 1000);
      works.observe({ name }, tookMs / 1000);
    },
    followDepth: (name, depth) => {
      const queue = { name, depth };
      queues.add(queue);
      return () => queues.delete(queue);
    },
  };
}
