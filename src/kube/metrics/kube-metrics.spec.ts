import { Registry } from 'prom-client';
import { ManualClock, silentLogger } from '../../kernel';
import { KubeClient } from '../client/kube-client';
import { Informer } from '../informer/informer';
import { KeyedQueue } from '../queue/keyed-queue';
import { coreKinds } from '../schema';
import { eventually } from '../testing/eventually';
import { InformerWorld } from '../testing/informer-world';
import { createKubeMetrics, type KubeMetrics } from './kube-metrics';

let registry: Registry;
let metrics: KubeMetrics;

beforeEach(() => {
  registry = new Registry();
  metrics = createKubeMetrics(registry);
});

async function value(name: string, labels: Record<string, string | number>): Promise<number | undefined> {
  const metric = await registry.getSingleMetric(name)!.get();
  const isWanted = (found: object): boolean =>
    Object.entries(labels).every(
      ([label, wanted]) => String((found as Record<string, unknown>)[label]) === String(wanted),
    );
  return metric.values.find(({ labels: found }) => isWanted(found))?.value;
}

describe('metrics', () => {
  it('count requests by cluster, verb and status', async () => {
    const world = await InformerWorld.open();
    const client = new KubeClient(world.server.connection, { metrics });
    await client.list(coreKinds.service);
    await client.get(coreKinds.service, 'a', 'shop');
    world.server.faults = () => ({ kind: 'drop' });
    await client
      .create(coreKinds.service, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } })
      .catch(() => 'dropped');
    const requests = 'rest_client_requests_total';
    expect(await value(requests, { cluster: 'east-1', verb: 'GET', code: 200 })).toBe(1);
    expect(await value(requests, { cluster: 'east-1', verb: 'GET', code: 404 })).toBe(1);
    expect(await value(requests, { cluster: 'east-1', verb: 'POST', code: 0 })).toBe(1);
    await client.close();
    await world.close();
  });

  it('tell the state and size of each informer, and what it missed', async () => {
    const world = await InformerWorld.open({ metrics });
    world.put('a');
    world.start();
    await world.informer.whenSynced();
    world.put('b');
    await eventually(() => world.informer.size === 2);
    const labels = { cluster: 'east-1', kind: 'Service' };
    expect(await value('informer_state', labels)).toBe(1);
    expect(await value('informer_objects', labels)).toBe(2);
    expect(await value('informer_events_total', labels)).toBe(2);
    expect(await value('informer_syncs_total', labels)).toBe(1);
    world.server.cutConnections();
    await eventually(() => world.informer.state.kind === 'Stalled');
    expect(await value('informer_state', labels)).toBe(2);
    await world.close();
    expect(await value('informer_state', labels)).toBeUndefined();
  });

  it('count informers of one kind in one cluster together, whichever ends first', async () => {
    const world = await InformerWorld.open({ metrics });
    world.put('a');
    const shared = { client: world.client, kind: coreKinds.service, clock: world.clock, random: () => 0.5 };
    const second = new Informer({ ...shared, logger: silentLogger });
    world.start();
    second.start();
    await Promise.all([world.informer.whenSynced(), second.whenSynced()]);
    const labels = { cluster: 'east-1', kind: 'Service' };
    expect(await value('informer_objects', labels)).toBe(2);
    await second.stop();
    expect(await value('informer_objects', labels)).toBe(1);
    await world.close();
    expect(await value('informer_objects', labels)).toBeUndefined();
  });

  it('tell depth, results and times of queues', async () => {
    const clock = new ManualClock();
    const queue = new KeyedQueue({
      ...{ name: 'bundles', clock, random: () => 1, logger: silentLogger, metrics: metrics.queue },
      run: async (key) => (key === 'bad' ? Promise.reject(new Error('no')) : undefined),
    });
    for (const key of ['good', 'bad']) queue.add(key);
    await clock.advance(0);
    expect(await value('reconcile_total', { name: 'bundles', result: 'success' })).toBe(1);
    expect(await value('reconcile_total', { name: 'bundles', result: 'error' })).toBe(1);
    expect(await value('workqueue_retries_total', { name: 'bundles' })).toBe(1);
    expect(await value('workqueue_depth', { name: 'bundles' })).toBe(0);
    await queue.stop();
  });
});
