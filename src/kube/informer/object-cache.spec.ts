import fc from 'fast-check';
import type { KubeObject } from '../schema';
import { ObjectCache } from './object-cache';

function pod(name: string, version: number, node = 'n1'): KubeObject<{ nodeName: string }> {
  const metadata = { name, namespace: 'shop', uid: name, resourceVersion: String(version) };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: node } };
}

function cacheByNode(): ObjectCache<KubeObject<{ nodeName: string }>> {
  return new ObjectCache({ node: ({ spec }) => (spec === undefined ? [] : [spec.nodeName]) });
}

describe('ObjectCache', () => {
  it('tells of what is new, changed and gone, and of nothing else', () => {
    const cache = cacheByNode();
    expect(cache.upsert(pod('a', 1))).toMatchObject({ key: 'shop/a', previous: undefined });
    expect(cache.upsert(pod('a', 1))).toBeUndefined();
    expect(cache.upsert(pod('a', 3))).toMatchObject({ previous: { metadata: { resourceVersion: '1' } } });
    expect(cache.upsert(pod('a', 2))).toBeUndefined();
    expect(cache.remove(pod('a', 4))).toMatchObject({ current: undefined });
    expect(cache.remove(pod('a', 4))).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('does not bring a deleted object back for late news, nor delete one made anew', () => {
    const cache = cacheByNode();
    cache.upsert(pod('a', 1));
    cache.remove(pod('a', 9));
    expect(cache.upsert(pod('a', 5))).toBeUndefined();
    expect(cache.upsert(pod('a', 10))).toBeDefined();
    expect(cache.remove(pod('a', 9))).toBeUndefined();
    expect(cache.get('shop/a')).toBeDefined();
  });

  it('takes a list for the truth, also when its versions are lower', () => {
    const cache = cacheByNode();
    cache.replace([pod('a', 100), pod('b', 101)]);
    const changes = cache.replace([pod('a', 50), pod('c', 51)]);
    expect(changes.map(({ key, current }) => [key, current?.metadata.resourceVersion])).toEqual([
      ['shop/a', '50'],
      ['shop/c', '51'],
      ['shop/b', undefined],
    ]);
  });

  it('forgets deletions of a history that a list replaced', () => {
    const cache = cacheByNode();
    cache.upsert(pod('a', 90));
    cache.remove(pod('a', 100));
    cache.replace([]);
    expect(cache.upsert(pod('a', 60))).toBeDefined();
  });

  it('refuses an index that was not declared', () => {
    expect(() => cacheByNode().byIndex('zone', 'x')).toThrow(RangeError);
  });

  it('keeps its indexes equal to a search through all objects', () => {
    const change = fc.record({
      remove: fc.boolean(),
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      node: fc.constantFrom('n1', 'n2', 'n3'),
    });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const cache = cacheByNode();
        changes.forEach(({ remove, name, node }, version) => {
          if (remove) cache.remove(pod(name, version));
          else cache.upsert(pod(name, version, node));
        });
        for (const node of ['n1', 'n2', 'n3']) {
          const found = new Set(cache.byIndex('node', node));
          expect(found).toEqual(new Set(cache.list().filter(({ spec }) => spec?.nodeName === node)));
        }
      }),
    );
  });
});
