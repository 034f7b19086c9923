import { openDeltaAds } from '../testing/ads-client';
import { CDS, EDS, NODE, cluster, endpoints, type Bench, startXds, namesIn } from '../testing/xds-bench';

describe('delta', () => {
  let bench: Bench;
  let ads: ReturnType<typeof openDeltaAds>;

  beforeEach(async () => {
    bench = await startXds();
    ads = openDeltaAds(bench.port);
    bench.source.set(CDS, [cluster('a'), cluster('b')]);
  });

  afterEach(async () => {
    ads.close();
    await bench.stop();
  });

  it('sends what changed and what went, with versions of content', async () => {
    ads.send({ node: NODE, typeUrl: CDS });
    const first = await ads.next();
    expect(first.resources).toMatchObject([
      { name: 'a', version: cluster('a').version, resource: { name: 'a' } },
      { name: 'b', version: cluster('b').version },
    ]);
    bench.source.set(CDS, [cluster('b', '2s'), cluster('c')]);
    const second = await ads.next();
    expect(namesIn(second)).toEqual(['b', 'c']);
    expect(second.removedResources).toEqual(['a']);
  });

  it('sends a client that reconnects only what it lacks', async () => {
    const initialResourceVersions = { a: cluster('a').version, b: 'old', gone: 'any' };
    ads.send({ node: NODE, typeUrl: CDS, initialResourceVersions });
    const first = await ads.next();
    expect(namesIn(first)).toEqual(['b']);
    expect(first.removedResources).toEqual(['gone']);
    expect(bench.server.resources(NODE.id, 'cds')).toEqual([
      { name: 'a', wantedVersion: cluster('a').version, ackedVersion: cluster('a').version },
      { name: 'b', wantedVersion: cluster('b').version, ackedVersion: undefined },
    ]);
  });

  it('sends nothing to a client that has everything', async () => {
    ads.send({
      node: NODE,
      typeUrl: CDS,
      initialResourceVersions: { a: cluster('a').version, b: cluster('b').version },
    });
    ads.send({ typeUrl: EDS, resourceNamesSubscribe: ['x'] });
    const only = await ads.next();
    expect(only.typeUrl).toBe(EDS);
    expect(ads.unread).toBe(0);
  });

  it('says that a name does not exist', async () => {
    ads.send({ node: NODE, typeUrl: EDS, resourceNamesSubscribe: ['x'] });
    expect((await ads.next()).removedResources).toEqual(['x']);
  });

  it('sends again what is subscribed again', async () => {
    bench.source.set(EDS, [endpoints('x')]);
    ads.send({ node: NODE, typeUrl: EDS, resourceNamesSubscribe: ['x'] });
    const first = await ads.next();
    ads.send({ typeUrl: EDS, responseNonce: first.nonce, resourceNamesSubscribe: ['x'] });
    expect(namesIn(await ads.next())).toEqual(['x']);
  });

  it('honours subscriptions whatever the nonce is', async () => {
    bench.source.set(EDS, [endpoints('x'), endpoints('y')]);
    ads.send({ node: NODE, typeUrl: EDS, resourceNamesSubscribe: ['x'] });
    await ads.next();
    ads.send({
      typeUrl: EDS,
      responseNonce: 'of-another-time',
      resourceNamesSubscribe: ['y'],
      resourceNamesUnsubscribe: ['x'],
    });
    expect(namesIn(await ads.next())).toEqual(['y']);
    bench.source.set(EDS, [endpoints('x', 1), endpoints('y', 1)]);
    expect(namesIn(await ads.next())).toEqual(['y']);
  });

  it('answers the end of a subscription that the wildcard still covers', async () => {
    ads.send({ node: NODE, typeUrl: CDS, resourceNamesSubscribe: ['*', 'a'] });
    expect(namesIn(await ads.next())).toEqual(['a', 'b']);
    ads.send({ typeUrl: CDS, resourceNamesUnsubscribe: ['a'] });
    expect(namesIn(await ads.next())).toEqual(['a']);
    ads.send({ typeUrl: CDS, resourceNamesUnsubscribe: ['*'] });
    ads.send({ typeUrl: EDS, resourceNamesSubscribe: ['x'] });
    expect((await ads.next()).removedResources).toEqual(['x']);
    bench.source.set(CDS, [cluster('a', '3s')]);
    bench.source.set(EDS, [endpoints('x')]);
    expect((await ads.next()).typeUrl).toBe(EDS);
  });
});
