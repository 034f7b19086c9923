import { type KubeObject, namespacedName } from '../../../kube/schema';

/**
 * What this process wrote last, by object. A cache that has not seen it yet lags behind, and deciding on it could take a release back.
 */
export class WrittenVersions {
  private readonly versions = new Map<string, string>();

  /** Takes what a write returned. */
  remember(object: KubeObject): void {
    const { resourceVersion } = object.metadata;
    if (resourceVersion !== undefined) this.versions.set(namespacedName(object), resourceVersion);
  }

  forget(key: string): void {
    this.versions.delete(key);
  }

  /** Whether something newer than this, out of a cache, was written from here. */
  isAhead(cached: KubeObject): boolean {
    const written = this.versions.get(namespacedName(cached));
    return written !== undefined && isOlder(cached.metadata.resourceVersion, written);
  }
}

/** resourceVersions of one object are decimal numbers that grow (KEP-5504); others compare as not older. */
function isOlder(left: string | undefined, right: string): boolean {
  if (left === undefined || !/^\d+$/.test(left) || !/^\d+$/.test(right)) return false;
  return BigInt(left) < BigInt(right);
}
