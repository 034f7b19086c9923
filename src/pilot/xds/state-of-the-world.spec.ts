import { anyOf } from '../proto';
import { openAds } from '../testing/ads-client';
import { encoded } from '../testing/fixed-resource-source';
import {
  CDS,
  EDS,
  LDS,
  RDS,
  NODE,
  GRPC_NODE,
  cluster,
  endpoints,
  listener,
  routes,
  type Bench,
  startXds,
  ack,
  namesIn,
} from '../testing/xds-bench';

describe('state of the world', () => {
  let bench: Bench;
  let ads: ReturnType<typeof openAds>;

  beforeEach(async () => {
    bench = await startXds();
    ads = openAds(bench.port);
  });

  afterEach(async () => {
    ads.close();
    await bench.stop();
  });

  it('answers the wildcard with everything and pushes changes as the whole state', async () => {
    bench.source.set(CDS, [cluster('a'), cluster('b')]);
    ads.send({ node: NODE, typeUrl: CDS });
    const first = await ads.next();
    expect(namesIn(first)).toEqual(['a', 'b']);
    expect(first.controlPlane).toEqual({ identifier: 'flotilla' });
    ads.send(ack(first));
    bench.source.set(CDS, [cluster('a'), cluster('c')]);
    const second = await ads.next();
    expect(namesIn(second)).toEqual(['a', 'c']);
    expect(second.versionInfo).not.toBe(first.versionInfo);
    expect(second.nonce).not.toBe(first.nonce);
  });

  it('says nothing when what a proxy subscribes to did not change', async () => {
    bench.source.set(EDS, [endpoints('a'), endpoints('b')]);
    ads.send({ node: NODE, typeUrl: EDS, resourceNames: ['a'] });
    const first = await ads.next();
    ads.send(ack(first, ['a']));
    bench.source.set(EDS, [endpoints('a'), endpoints('b', 100)]);
    bench.source.set(EDS, [endpoints('a', 100), endpoints('b', 100)]);
    const second = await ads.next();
    expect(namesIn(second)).toEqual(['a']);
    expect(ads.unread).toBe(0);
  });

  it('sends only what changed where the protocol allows it', async () => {
    bench.source.set(EDS, [endpoints('a'), endpoints('b')]);
    ads.send({ node: NODE, typeUrl: EDS, resourceNames: ['a', 'b'] });
    ads.send(ack(await ads.next(), ['a', 'b']));
    bench.source.set(EDS, [endpoints('a'), endpoints('b', 100)]);
    expect(namesIn(await ads.next())).toEqual(['b']);
  });

  it('answers names that were added, and takes an ACK for an ACK', async () => {
    bench.source.set(EDS, [endpoints('a'), endpoints('b')]);
    ads.send({ node: NODE, typeUrl: EDS, resourceNames: ['a'] });
    const first = await ads.next();
    ads.send(ack(first, ['a']));
    ads.send(ack(first, ['a', 'b']));
    expect(namesIn(await ads.next())).toEqual(['b']);
    expect(ads.unread).toBe(0);
  });

  it('ignores the names of a stale nonce, and honours them in the request that follows', async () => {
    bench.source.set(EDS, [endpoints('a'), endpoints('b')]);
    ads.send({ node: NODE, typeUrl: EDS, resourceNames: ['a'] });
    const first = await ads.next();
    bench.source.set(EDS, [endpoints('a', 100), endpoints('b')]);
    const second = await ads.next();
    ads.send(ack(first, ['a', 'b']));
    ads.send(ack(second, ['a', 'b']));
    expect(namesIn(await ads.next())).toEqual(['b']);
    expect(ads.unread).toBe(0);
  });

  it('tells a named client that a cluster does not exist by leaving it out', async () => {
    bench.source.set(CDS, [cluster('a')]);
    ads.send({ node: GRPC_NODE, typeUrl: CDS, resourceNames: ['gone'] });
    expect((await ads.next()).resources ?? []).toEqual([]);
  });

  it('waits with names that do not exist yet, and sends them when they do', async () => {
    ads.send({ node: NODE, typeUrl: EDS, resourceNames: ['later'] });
    ads.send({ typeUrl: CDS });
    await ads.next();
    bench.source.set(EDS, [endpoints('later')]);
    expect(namesIn(await ads.next())).toEqual(['later']);
  });

  it('sends endpoints again after a change of their cluster, since the cluster warms anew', async () => {
    bench.source.set(CDS, [cluster('a'), cluster('b')]);
    bench.source.set(EDS, [endpoints('a'), endpoints('b')]);
    ads.send({ node: NODE, typeUrl: CDS });
    ads.send(ack(await ads.next()));
    ads.send({ typeUrl: EDS, resourceNames: ['a', 'b'] });
    ads.send(ack(await ads.next(), ['a', 'b']));
    bench.source.set(CDS, [cluster('a', '2s'), cluster('b')]);
    expect(namesIn(await ads.next())).toEqual(['a', 'b']);
    const again = await ads.next();
    expect(again.typeUrl).toBe(EDS);
    expect(namesIn(again)).toEqual(['a']);
  });

  it('pushes clusters before endpoints, listeners and routes', async () => {
    for (const [typeUrl, resourceNames] of [
      [RDS, ['r']],
      [LDS, []],
      [EDS, ['a']],
      [CDS, []],
    ] as const) {
      ads.send({ node: NODE, typeUrl, resourceNames });
    }
    const pushed = new Set(['first', 'second']);
    await Promise.all([...pushed].map(() => ads.next()));
    bench.source.set(RDS, [routes('r')]);
    bench.source.set(LDS, [listener('l')]);
    bench.source.set(EDS, [endpoints('a')]);
    bench.source.set(CDS, [cluster('a')]);
    const order = [];
    for (let count = 0; count < 4; count += 1) order.push((await ads.next()).typeUrl);
    expect(order).toEqual([CDS, EDS, LDS, RDS]);
  });

  it('records a NACK with the resource and the object behind it, and does not insist', async () => {
    bench.source.set(CDS, [cluster('a')]);
    ads.send({ node: NODE, typeUrl: CDS });
    const first = await ads.next();
    ads.send(ack(first));
    bench.source.set(CDS, [cluster('a', '2s'), cluster('bad')]);
    const second = await ads.next();
    ads.send({
      ...ack(second),
      errorDetail: { code: 13, message: 'Error adding/updating cluster(s) bad: no endpoints' },
    });
    ads.send({ typeUrl: EDS, resourceNames: ['x'] });
    bench.source.set(EDS, [endpoints('x')]);
    await ads.next();
    expect(ads.unread).toBe(0);
    const [proxy] = bench.server.proxies();
    expect(proxy?.types.cds).toMatchObject({
      state: 'ERROR',
      ackedVersion: first.versionInfo,
      sentVersion: second.versionInfo,
      error: { names: ['bad'], owners: [{ kind: 'DestinationRule', name: 'rule-bad' }] },
    });
    expect(bench.server.resources(NODE.id, 'cds')).toEqual([
      { name: 'a', wantedVersion: cluster('a', '2s').version, ackedVersion: cluster('a').version },
      { name: 'bad', wantedVersion: cluster('bad').version, ackedVersion: undefined },
    ]);
  });

  it('shows who is connected and in sync', async () => {
    bench.source.set(CDS, [cluster('a')]);
    ads.send({ node: NODE, typeUrl: CDS });
    const first = await ads.next();
    expect(bench.server.proxies()).toMatchObject([
      { id: NODE.id, namespace: 'istio-gw', type: 'router', types: { cds: { state: 'STALE', subscribed: 'all' } } },
    ]);
    const changed = new Promise<void>((resolve) => bench.server.onProxiesChange(resolve));
    ads.send(ack(first));
    await changed;
    expect(bench.server.proxies()[0]?.types.cds).toMatchObject({ state: 'SYNCED', ackedVersion: first.versionInfo });
    const gone = new Promise<void>((resolve) => bench.server.onProxiesChange(resolve));
    ads.close();
    await gone;
    expect(bench.server.proxies()).toEqual([]);
  });

  it('splits what a gRPC client could not take, and sends Envoy one answer', async () => {
    const large = Array.from({ length: 6 }, (_item, index) => {
      const clusterName = `c${index}`;
      const namedEndpoints = { ['x'.repeat(1024 * 1024)]: {} };
      return encoded(
        clusterName,
        anyOf('envoy.config.endpoint.v3.ClusterLoadAssignment', { clusterName, namedEndpoints }),
      );
    });
    const resourceNames = large.map(({ name }) => name);
    bench.source.set(EDS, large);
    ads.send({ node: GRPC_NODE, typeUrl: EDS, resourceNames });
    expect(namesIn(await ads.next())).toEqual(['c0', 'c1', 'c2']);
    expect(namesIn(await ads.next())).toEqual(['c3', 'c4', 'c5']);
    const envoy = openAds(bench.port);
    envoy.send({ node: NODE, typeUrl: EDS, resourceNames });
    expect(namesIn(await envoy.next())).toEqual(resourceNames);
    envoy.close();
  });
});
