import type { FlotillaError } from '../../kernel';
import { buildModel, type MeshModel, parseProxy, type Proxy } from '../model';
import { anyOf, decodeAny, typeUrlOf } from '../proto';
import { TranslationCache, type TranslatedResource, type Translators } from '.';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const CDS = typeUrlOf(CLUSTER);
const EDS = typeUrlOf('envoy.config.endpoint.v3.ClusterLoadAssignment');
const model = (): MeshModel => buildModel({ mesh: {}, objects: [] });

function proxyOf(name: string, namespace = 'shop'): Proxy {
  return parseProxy({ id: `router~10.0.0.1~${name}.${namespace}~${namespace}.svc.cluster.local` });
}

function cluster(name: string, connectTimeout = '1s'): TranslatedResource {
  return { name, body: anyOf(CLUSTER, { name, connectTimeout }) };
}

/** A cache whose translation gives what a test says, and counts how often it is asked. */
class Bench {
  clusters: readonly TranslatedResource[] = [cluster('a'), cluster('b')];
  readonly asked: string[] = [];
  readonly reported: FlotillaError[] = [];
  private readonly translators: Translators = {
    cds: (_model, proxy) => {
      this.asked.push(`cds ${proxy.namespace}`);
      return this.clusters;
    },
    eds: (_model, _proxy, names = []) => {
      this.asked.push(`eds ${names.join()}`);
      return this.clusters.filter(({ name }) => names.includes(name));
    },
    lds: () => [],
    rds: () => [],
    sds: () => [],
    viewOf: (_model, { namespace }) => namespace,
  };
  readonly cache = new TranslationCache(this.translators, (error) => this.reported.push(error));
}

describe('the translation cache', () => {
  it('has nothing to serve before there is a model', () => {
    const { cache } = new Bench();
    expect(cache.isReady()).toBe(false);
    cache.setModel(model());
    expect(cache.isReady()).toBe(true);
  });

  it('translates and encodes once for all proxies of a view', () => {
    const { cache, asked } = new Bench();
    cache.setModel(model());
    const one = cache.resources(proxyOf('one'), CDS, undefined);
    expect(cache.resources(proxyOf('two'), CDS, undefined)).toBe(one);
    expect(asked).toEqual(['cds shop']);
    expect(one.list.map(({ bytes }) => decodeAny(bytes)['name'])).toEqual(['a', 'b']);
  });

  it('shares the bytes of equal resources between views', () => {
    const { cache } = new Bench();
    cache.setModel(model());
    const shop = cache.resources(proxyOf('one'), CDS, undefined);
    const pay = cache.resources(proxyOf('one', 'pay'), CDS, undefined);
    expect(pay.get('a')).toBe(shop.get('a'));
    expect(cache.numbers).toEqual({ views: 2, encodings: 2 });
  });

  it('keeps the set when a new model changes nothing, and the other resources when it changes one', () => {
    const bench = new Bench();
    const { cache } = bench;
    cache.setModel(model());
    const first = cache.resources(proxyOf('one'), CDS, undefined);
    bench.clusters = [cluster('a'), cluster('b')];
    cache.setModel(model());
    expect(cache.resources(proxyOf('one'), CDS, undefined)).toBe(first);
    bench.clusters = [cluster('a'), cluster('b', '2s')];
    cache.setModel(model());
    const third = cache.resources(proxyOf('one'), CDS, undefined);
    expect(third.get('a')).toBe(first.get('a'));
    expect(third.since(first)).toEqual({ changed: ['b'], removed: [] });
    expect(cache.numbers.encodings).toBe(3);
  });

  it('translates only the names that are asked for, each once', () => {
    const { cache, asked } = new Bench();
    cache.setModel(model());
    expect(cache.resources(proxyOf('one'), EDS, new Set(['a'])).list).toHaveLength(1);
    const both = cache.resources(proxyOf('two'), EDS, new Set(['a', 'b', 'gone']));
    expect(both.list.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(cache.resources(proxyOf('one'), EDS, new Set(['gone', 'b']))).toBe(both);
    expect(asked).toEqual(['eds a', 'eds b,gone']);
  });

  it('serves the last good form of a resource that cannot be encoded, and reports it', () => {
    const bench = new Bench();
    bench.cache.setModel(model());
    const good = bench.cache.resources(proxyOf('one'), CDS, undefined);
    bench.clusters = [cluster('a', 'soon'), cluster('b', '2s'), { name: 'c', body: { '@type': 'x/y.Z' } }];
    bench.cache.setModel(model());
    const next = bench.cache.resources(proxyOf('one'), CDS, undefined);
    expect(next.get('a')).toBe(good.get('a'));
    expect(next.since(good)).toEqual({ changed: ['b'], removed: [] });
    expect(bench.reported.map(({ code }) => code)).toEqual(['FLO4100', 'FLO4100']);
  });

  it('never serves a name twice', () => {
    const bench = new Bench();
    bench.clusters = [cluster('a'), cluster('a', '2s')];
    bench.cache.setModel(model());
    expect(bench.cache.resources(proxyOf('one'), CDS, undefined).list).toHaveLength(1);
    expect(bench.reported.map(({ code }) => code)).toEqual(['FLO4130']);
  });

  it('names the object that a resource was made from', () => {
    const bench = new Bench();
    const config = '/apis/networking.istio.io/v1/namespaces/shop/destination-rule/checkout';
    bench.clusters = [
      { name: 'a', body: anyOf(CLUSTER, { name: 'a', metadata: { filterMetadata: { istio: { config } } } }) },
    ];
    bench.cache.setModel(model());
    const owner = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      namespace: 'shop',
      name: 'checkout',
    };
    expect(bench.cache.resources(proxyOf('one'), CDS, undefined).get('a')?.owner).toEqual(owner);
  });
});
