import { ManualClock, silentLogger } from '../../kernel';
import { coreKinds, type KubeObject } from '../schema';
import { eventually } from '../testing/eventually';
import { findMissed } from './find-missed';
import { InformerAudit } from './informer-audit';
import { ObjectCache } from './object-cache';

const clock = new ManualClock();

function service(name: string, version: number): KubeObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, resourceVersion: String(version) } };
}

function cacheOf(...objects: readonly KubeObject[]): ObjectCache<KubeObject> {
  const cache = new ObjectCache<KubeObject>();
  for (const object of objects) cache.upsert(object);
  return cache;
}

function audit(
  cache: ObjectCache<KubeObject>,
  listed: readonly KubeObject[],
  version: string,
): InformerAudit<KubeObject> {
  return new InformerAudit({
    ...{ cache, clock, kind: coreKinds.service, selection: {}, random: () => 0.5, logger: silentLogger },
    client: { list: async () => ({ items: listed as never[], resourceVersion: version }) },
    version: () => undefined,
    isLive: () => true,
    onMissed: () => undefined,
    onRewound: () => undefined,
    intervalMs: 1000,
  });
}

describe('findMissed', () => {
  it('finds changes and deletions that the cache has not heard of', () => {
    const cache = cacheOf(service('same', 3), service('old', 2), service('gone', 4));
    const missed = findMissed(cache, [service('same', 3), service('old', 5), service('new', 6)], '9');
    expect(missed.map(({ key, kind }) => `${key} ${kind}`)).toEqual(['old change', 'new change', 'gone deletion']);
  });

  it('does not mind a cache that is ahead of the list', () => {
    const cache = cacheOf(service('changed', 12), service('made-since', 11), service('deleted-since', 5));
    cache.remove(service('deleted-since', 13));
    expect(findMissed(cache, [service('changed', 4), service('deleted-since', 5)], '10')).toEqual([]);
  });
});

describe('InformerAudit', () => {
  it('waits for news that the list is ahead of', async () => {
    const cache = cacheOf(service('a', 1), service('b', 2));
    const looking = audit(cache, [service('a', 5), service('c', 6)], '7').once();
    await eventually(() => clock.pending === 1);
    cache.upsert(service('a', 5));
    cache.remove(service('b', 7));
    await clock.advance(10_000);
    expect((await looking).map(({ key }) => key)).toEqual(['c']);
  });
});
