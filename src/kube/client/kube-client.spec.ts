import { getEventListeners } from 'node:events';
import { FlotillaError, ManualClock } from '../../kernel';
import { coreKinds, type KubeObject } from '../schema';
import { eventually } from '../testing/eventually';
import { type Fault, faultsInTurn } from '../testing/fault';
import { ScriptedApiServer } from '../testing/scripted-api-server';
import type { KubeApiError } from './kube-api-error';
import { KubeClient } from './kube-client';

const { service, secret } = coreKinds;
let server: ScriptedApiServer;
let client: KubeClient;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock();
  server = await ScriptedApiServer.start([service, secret, coreKinds.lease]);
  client = new KubeClient(server.connection, { clock });
});

afterEach(async () => {
  await client.close();
  await server.close();
  expect(clock.pending).toBe(0);
});

function checkout(fields: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'checkout', namespace: 'shop' }, ...fields };
}

async function failureOf(attempt: Promise<unknown>): Promise<KubeApiError> {
  const cause = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(cause).toBeInstanceOf(FlotillaError);
  return cause as KubeApiError;
}

describe('KubeClient reads and writes', () => {
  it('creates, gets, replaces, patches and deletes', async () => {
    expect(await client.get(service, 'checkout', 'shop')).toBeUndefined();
    const created = await client.create(service, checkout({ spec: { type: 'ClusterIP' } }));
    expect(created.metadata.uid).toBeDefined();
    const replaced = await client.replace(service, { ...created, spec: { type: 'LoadBalancer' } });
    expect(replaced.metadata.resourceVersion).not.toBe(created.metadata.resourceVersion);
    const patch = { metadata: { labels: { a: 'b' } } };
    await client.patch(service, 'checkout', 'shop', patch, { type: 'merge' });
    expect(await client.get(service, 'checkout', 'shop')).toMatchObject({
      spec: { type: 'LoadBalancer' },
      metadata: { labels: { a: 'b' } },
    });
    expect(await client.delete(service, 'checkout', 'shop')).toBe(true);
    expect(await client.delete(service, 'checkout', 'shop')).toBe(false);
  });

  it('sends each kind of patch with its content type, and writes with their options', async () => {
    server.put(service, checkout());
    const name = ['checkout', 'shop'] as const;
    await client.patch(service, ...name, {}, { type: 'strategic', fieldManager: 'flotilla', dryRun: true });
    await client.patch(service, ...name, {}, { type: 'json', subresource: 'status' });
    await client.apply(service, checkout(), { fieldManager: 'flotilla', force: true });
    const seen = server.requests.map(({ path, query, headers }) => [
      headers['content-type'],
      path.split('/').at(-1),
      query,
    ]);
    expect(seen).toEqual([
      ['application/strategic-merge-patch+json', 'checkout', { fieldManager: 'flotilla', dryRun: 'All' }],
      ['application/json-patch+json', 'status', {}],
      ['application/apply-patch+yaml', 'checkout', { fieldManager: 'flotilla', force: 'true' }],
    ]);
  });

  it('follows every page of a list and gives the items their type', async () => {
    for (let index = 0; index < 7; index += 1) {
      server.put(service, { ...checkout(), metadata: { name: `s${index}`, namespace: 'shop' } });
    }
    const { items, resourceVersion } = await client.list(service, { limitPerPage: 3 });
    expect(items.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((index) => `Service s${index}`),
    );
    expect(resourceVersion).toBe(String(server.store.version));
    expect(server.requests).toHaveLength(3);
  });

  it('asks for everything at once when a page is too old', async () => {
    for (let index = 0; index < 5; index += 1) {
      server.put(service, { ...checkout(), metadata: { name: `s${index}`, namespace: 'shop' } });
    }
    server.faults = ({ query }) => (query.continue === undefined ? undefined : { kind: 'status', code: 410 });
    const { items } = await client.list(service, { limitPerPage: 2 });
    expect(items).toHaveLength(5);
    expect(server.requests.map(({ query }) => query.limit)).toEqual(['2', '2', undefined]);
  });

  it('selects by namespace and label at the server', async () => {
    server.put(service, { ...checkout(), metadata: { name: 'a', namespace: 'shop', labels: { app: 'a' } } });
    server.put(service, { ...checkout(), metadata: { name: 'b', namespace: 'shop' } });
    server.put(service, { ...checkout(), metadata: { name: 'a', namespace: 'bank', labels: { app: 'a' } } });
    const { items } = await client.list(service, { namespace: 'shop', labelSelector: 'app=a' });
    expect(items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual(['shop/a']);
  });

  it('uses few connections for many requests', async () => {
    await Promise.all(Array.from({ length: 60 }, () => client.get(service, 'checkout', 'shop')));
    expect(server.requests).toHaveLength(60);
    expect(server.connections).toBeLessThanOrEqual(8);
  });

  it('leaves nothing behind on a signal that outlives its requests', async () => {
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 20 }, () => client.list(service, { signal })));
    for await (const event of client.watch(service, { sendInitialEvents: true, signal }))
      if (event.type === 'BOOKMARK') break;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('finds kinds by discovery and asks again for one that it does not know', async () => {
    expect(await client.kindOf('v1', 'Service')).toEqual(service);
    expect(await client.kindOf('v1', 'Secret')).toEqual(secret);
    expect(server.requests).toHaveLength(1);
    const unknown = await failureOf(client.kindOf('v1', 'ConfigMap'));
    expect(unknown).toMatchObject({ code: 'FLO2014' });
    await failureOf(client.kindOf('apps/v1', 'Deployment'));
    expect(server.requests).toHaveLength(3);
    expect((await client.version()).gitVersion).toBe('v1.36.0');
  });
});

describe('KubeClient failures', () => {
  it.each([
    [401, 'Unauthorized', 'FLO2001'],
    [403, 'Forbidden', 'FLO2002'],
    [409, 'Conflict', 'FLO2004'],
    [409, 'AlreadyExists', 'FLO2005'],
    [410, 'Gone', 'FLO2006'],
    [422, 'Invalid', 'FLO2007'],
    [503, 'ServiceUnavailable', 'FLO2009'],
    [400, 'BadRequest', 'FLO2010'],
  ])('tells of a %i %s with what, where and why', async (code, reason, errorCode) => {
    server.faults = () => ({ kind: 'status', code, reason });
    const error = await failureOf(client.replace(service, checkout()));
    expect(error).toMatchObject({ code: errorCode, statusCode: code, reason });
    expect(error.message).toBe('updating Service shop/checkout in cluster east-1 failed: as the script says');
  });

  it('names the fields and managers of an apply conflict', async () => {
    await client.apply(service, checkout({ spec: { replicas: 1 } }), { fieldManager: 'kubectl' });
    const attempt = client.apply(service, checkout({ spec: { replicas: 2 } }), { fieldManager: 'flotilla' });
    const error = await failureOf(attempt);
    expect(error.isConflict).toBe(true);
    expect(error.fieldConflicts).toEqual([{ field: '.spec.replicas', manager: 'kubectl' }]);
  });

  it('tells of an unreachable cluster, not of an empty one', async () => {
    const { connection } = server;
    await server.close();
    const gone = new KubeClient(connection, { clock });
    const error = await failureOf(gone.list(service));
    expect(error).toMatchObject({ code: 'FLO2000', isUnreachable: true, statusCode: undefined });
    expect(error.message).toMatch(/^listing Service in cluster east-1 failed: .*ECONNREFUSED/);
    await gone.close();
    server = await ScriptedApiServer.start([service]);
  });

  it('gives up on an answer that does not come', async () => {
    server.faults = () => ({ kind: 'hang' });
    const attempt = failureOf(client.get(service, 'checkout', 'shop'));
    await eventually(() => server.requests.length === 1);
    await clock.advance(30_000);
    expect((await attempt).message).toContain('no answer within 30000 ms');
  });

  it('ends a request whose caller gave up, and all requests when closed', async () => {
    server.faults = () => ({ kind: 'hang' });
    const caller = new AbortController();
    const given = failureOf(client.list(service, { signal: caller.signal }));
    const other = failureOf(client.list(secret));
    await eventually(() => server.requests.length === 2);
    caller.abort();
    expect(await given).toMatchObject({ code: 'FLO2012' });
    await client.close();
    expect(await other).toMatchObject({ code: 'FLO2013' });
    expect(await failureOf(client.list(secret))).toMatchObject({ code: 'FLO2013' });
  });

  it('does not take a page of a proxy for an answer', async () => {
    server.faults = () => ({ kind: 'garbage' });
    expect(await failureOf(client.list(service))).toMatchObject({ code: 'FLO2011' });
  });
});

describe('KubeClient tries again only where that is safe', () => {
  const busy: Fault = { kind: 'status', code: 429, retryAfterSeconds: 2 };

  it('waits as long as a busy server asks', async () => {
    server.faults = faultsInTurn(['create'], [busy, busy]);
    const attempt = client.create(service, checkout());
    await eventually(() => server.requests.length === 1 && clock.pending === 1);
    await clock.advance(1999);
    expect(server.requests).toHaveLength(1);
    await clock.advance(1);
    await eventually(() => server.requests.length === 2 && clock.pending === 1);
    await clock.advance(2000);
    expect((await attempt).metadata.name).toBe('checkout');
  });

  it('reads and applies again when the connection was lost, but never writes twice', async () => {
    server.put(service, checkout());
    server.faults = faultsInTurn(['get', 'update'], [{ kind: 'drop' }]);
    expect(await client.get(service, 'checkout', 'shop')).toBeDefined();
    server.faults = faultsInTurn(['patch'], [{ kind: 'drop' }]);
    expect(await client.apply(service, checkout(), { fieldManager: 'flotilla' })).toBeDefined();
    server.faults = faultsInTurn(['patch', 'update'], [{ kind: 'drop' }, { kind: 'drop' }]);
    const patch = client.patch(service, 'checkout', 'shop', {}, { type: 'merge' });
    expect(await failureOf(patch)).toMatchObject({ code: 'FLO2000' });
    expect(await failureOf(client.replace(service, checkout()))).toMatchObject({ code: 'FLO2000' });
    expect(server.requests.filter(({ verb }) => verb === 'update')).toHaveLength(1);
  });
});

describe('KubeClient and other clusters', () => {
  it('is not delayed by one that does not answer, and renews leases in time on one that is busy', async () => {
    const slow = new KubeClient(server.connection, { clock, rateLimit: { requestsPerSecond: 1, burst: 8 } });
    server.faults = ({ path }) => (path.includes('leases') ? undefined : { kind: 'hang' });
    const stuck = Array.from({ length: 20 }, () => failureOf(slow.list(service)));
    await eventually(() => server.requests.length === 6);
    expect(await slow.get(coreKinds.lease, 'hub', 'flotilla-system')).toBeUndefined();
    const other = await ScriptedApiServer.start([service]);
    const fast = new KubeClient(other.connection, { clock });
    expect((await fast.list(service)).items).toEqual([]);
    await slow.close();
    expect((await Promise.all(stuck)).every(({ code }) => code === 'FLO2013')).toBe(true);
    await fast.close();
    await other.close();
  });
});

describe('KubeClient.watch', () => {
  it('gives the initial state, its end, and news', async () => {
    server.put(service, checkout());
    const events: string[] = [];
    const stop = new AbortController();
    const watching = failureOf(
      (async () => {
        for await (const event of client.watch(service, { sendInitialEvents: true, signal: stop.signal })) {
          events.push(
            'object' in event
              ? `${event.type} ${event.object.metadata.name}`
              : `${event.type} ${event.initialEventsEnd}`,
          );
        }
      })(),
    );
    await eventually(() => events.length === 2);
    server.remove(service, 'checkout', 'shop');
    server.bookmarkAll();
    await eventually(() => events.length === 4);
    expect(events).toEqual(['ADDED checkout', 'BOOKMARK true', 'DELETED checkout', 'BOOKMARK false']);
    stop.abort();
    expect(await watching).toMatchObject({ code: 'FLO2012' });
    await eventually(() => server.openWatches === 0);
  });

  it('closes the connection when the reader stops reading', async () => {
    server.put(service, checkout());
    for await (const event of client.watch(service, { sendInitialEvents: true })) {
      expect(event.type).toBe('ADDED');
      break;
    }
    await eventually(() => server.openWatches === 0);
  });

  it.each<[string, Fault, string]>([
    ['a 410 in the stream', { kind: 'gone', afterEvents: 1 }, 'FLO2006'],
    ['a torn line', { kind: 'tear', afterEvents: 1 }, 'FLO2000'],
    ['noise', { kind: 'noise', afterEvents: 1 }, 'FLO2011'],
  ])('breaks with %s after the events before it', async (_what, fault, code) => {
    server.put(service, checkout());
    server.faults = () => fault;
    const seen: string[] = [];
    const watching = (async () => {
      for await (const event of client.watch(service, { sendInitialEvents: true })) seen.push(event.type);
    })();
    expect(await failureOf(watching)).toMatchObject({ code });
    expect(seen).toEqual(['ADDED']);
  });

  it('takes a connection without any news for dead', async () => {
    server.faults = () => ({ kind: 'silence', afterEvents: 0 });
    const watching = failureOf(client.watch(service, { resourceVersion: '1', inactivityMs: 5000 }).next());
    await eventually(() => server.openWatches === 1 && clock.pending === 1);
    await clock.advance(30_000);
    expect((await watching).message).toContain('nothing was heard for 5000 ms');
  });
});
