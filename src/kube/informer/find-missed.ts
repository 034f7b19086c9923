import { type KubeObject, namespacedName } from '../schema';
import { compareResourceVersions } from './compare-resource-versions';
import type { ObjectCache } from './object-cache';

/** Something a cache should know by now and does not. */
export interface Missed {
  readonly key: string;
  readonly kind: 'change' | 'deletion';
  /** Version of the listed object, or of the cached one that the list lacks. */
  readonly resourceVersion: string | undefined;
}

/** Compares a fresh list to the cache: candidates only, since news may be on its way; see {@link stillMissed}. */
export function findMissed<T extends KubeObject>(
  cache: ObjectCache<T>,
  listed: readonly KubeObject[],
  listVersion: string,
): readonly Missed[] {
  const missed: Missed[] = [];
  const keys = new Set<string>();
  for (const object of listed) {
    const key = namespacedName(object);
    keys.add(key);
    const { resourceVersion } = object.metadata;
    if (lacksChange(cache, key, resourceVersion)) missed.push({ key, kind: 'change', resourceVersion });
  }
  for (const object of cache.list()) {
    const key = namespacedName(object);
    const { resourceVersion } = object.metadata;
    const order = compareResourceVersions(resourceVersion, listVersion);
    if (!keys.has(key) && order !== undefined && order <= 0) missed.push({ key, kind: 'deletion', resourceVersion });
  }
  return missed;
}

/** Those of the candidates that the cache, given time, has still not heard of. */
export function stillMissed<T extends KubeObject>(
  cache: ObjectCache<T>,
  candidates: readonly Missed[],
): readonly Missed[] {
  return candidates.filter(({ key, kind, resourceVersion }) =>
    kind === 'change'
      ? lacksChange(cache, key, resourceVersion)
      : cache.get(key)?.metadata.resourceVersion === resourceVersion,
  );
}

function lacksChange<T extends KubeObject>(
  cache: ObjectCache<T>,
  key: string,
  resourceVersion: string | undefined,
): boolean {
  const cached = cache.get(key);
  if (cached === undefined) return !cache.isDeletedSince(key, resourceVersion);
  const order = compareResourceVersions(cached.metadata.resourceVersion, resourceVersion);
  return order === undefined ? false : order < 0;
}
