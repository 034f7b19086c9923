import { createHash } from 'node:crypto';

import type { Stop } from '../../kernel';
import { type AnyJson, encodeAny } from '../proto';
import { type EncodedResource, ResourceSet, type ResourceSource } from '../xds';

/** Encodes a resource as the cache does: version from content. */
export function encoded(name: string, json: AnyJson, owner?: EncodedResource['owner']): EncodedResource {
  const bytes = encodeAny(json);
  const version = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  return { name, version, bytes, ...(owner ? { owner } : {}) };
}

/** A source whose resources a test sets; every proxy gets the same. */
export class FixedResourceSource implements ResourceSource {
  ready = true;
  private readonly sets = new Map<string, ResourceSet>();
  private readonly listeners = new Set<() => void>();

  isReady(): boolean {
    return this.ready;
  }

  resources(_proxy: unknown, typeUrl: string): ResourceSet {
    return this.sets.get(typeUrl) ?? ResourceSet.empty;
  }

  onChange(listener: () => void): Stop {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Replaces all resources of a type and tells the server. */
  set(typeUrl: string, resources: readonly EncodedResource[]): void {
    this.sets.set(typeUrl, new ResourceSet(resources));
    for (const listener of this.listeners) listener();
  }
}
