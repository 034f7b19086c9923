import { createHash } from 'node:crypto';

import { type AnyJson, encodeAny } from '../proto';
import type { EncodedResource } from '../xds';
import { ownerOf } from './resource-owner';

/** A resource as translation gives it. */
export interface TranslatedResource {
  readonly name: string;
  /** Proto3 JSON with its type in `@type`. */
  readonly body: AnyJson;
}

/**
 * Encodes resources, each content once: equal bodies give the identical object, whichever view or generation they come from.
 * What a generation and the one before it did not use is forgotten.
 */
export class ResourceEncoder {
  private current = new Map<string, EncodedResource>();
  private previous = new Map<string, EncodedResource>();
  private byBody = new WeakMap<AnyJson, EncodedResource>();
  private encodedCount = 0;

  /** How many resources were really encoded; the rest was shared. */
  get encodings(): number {
    return this.encodedCount;
  }

  /** @throws FlotillaError FLO4100 when the body does not fit its message type */
  encode(resource: TranslatedResource): EncodedResource {
    const same = this.byBody.get(resource.body);
    const found = same?.name === resource.name ? same : this.byContent(resource);
    this.byBody.set(resource.body, found);
    return found;
  }

  /** A new generation begins. */
  advance(): void {
    this.previous = this.current;
    this.current = new Map();
  }

  private byContent({ name, body }: TranslatedResource): EncodedResource {
    const key = hashOf(`${name}\0${JSON.stringify(body)}`);
    const known = this.current.get(key) ?? this.previous.get(key);
    const encoded = known ?? this.encodeNew(name, body);
    this.current.set(key, encoded);
    return encoded;
  }

  private encodeNew(name: string, body: AnyJson): EncodedResource {
    this.encodedCount += 1;
    const bytes = encodeAny(body);
    const owner = ownerOf(body);
    return { name, version: hashOf(bytes), bytes, ...(owner ? { owner } : {}) };
  }
}

/** 64 bits of SHA-256: versions need not resist forgery, only differ. */
function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}
