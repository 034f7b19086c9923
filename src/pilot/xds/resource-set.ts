import { createHash } from 'node:crypto';

import { Writer } from 'protobufjs/minimal';

import type { ObjectReference } from '../../kernel';

/** One xDS resource, encoded once and shared by every proxy that gets it. */
export interface EncodedResource {
  readonly name: string;
  /** Hash of the content: equal bytes, equal version, on every server and across restarts. */
  readonly version: string;
  /** Bytes of the google.protobuf.Any that holds the resource. */
  readonly bytes: Uint8Array;
  /** The object that the resource was made from, to be named when a proxy refuses it. */
  readonly owner?: ObjectReference;
}

/** What is different in a newer set. */
export interface ResourceDifference {
  /** Names that were added or have another version. */
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

const SLICE_BYTES = 1024 * 1024;
const RESOURCES_TAG = 18; // field 2 of DiscoveryResponse, length-delimited

/**
 * All resources of one type that a kind of proxy can get. Immutable and shared: every proxy with the same view holds the
 * same object, so what is computed from it, differences and wire slices, is computed once for all of them.
 */
export class ResourceSet {
  static readonly empty = new ResourceSet([]);

  private readonly byName: ReadonlyMap<string, EncodedResource>;
  private readonly differences = new WeakMap<ResourceSet, ResourceDifference>();
  private cachedVersion: string | undefined;
  private cachedSlices: readonly Uint8Array[] | undefined;

  /** @param list in the order in which proxies get them; names are unique */
  constructor(readonly list: readonly EncodedResource[]) {
    this.byName = new Map(list.map((resource) => [resource.name, resource]));
  }

  /** Hash over all names and versions. */
  get version(): string {
    this.cachedVersion ??= this.computeVersion();
    return this.cachedVersion;
  }

  get(name: string): EncodedResource | undefined {
    return this.byName.get(name);
  }

  /** What is new against an older set; computed once per pair. */
  since(previous: ResourceSet | undefined): ResourceDifference {
    if (previous === this) return NO_DIFFERENCE;
    const from = previous ?? ResourceSet.empty;
    const known = this.differences.get(from);
    if (known) return known;
    const difference = this.compare(from);
    this.differences.set(from, difference);
    return difference;
  }

  /** The set as `resources` of a DiscoveryResponse, in slices of about 1 MiB; made once, written to every proxy as it is. */
  slices(): readonly Uint8Array[] {
    this.cachedSlices ??= this.makeSlices();
    return this.cachedSlices;
  }

  private compare(previous: ResourceSet): ResourceDifference {
    const changed = this.list.filter(({ name, version }) => previous.get(name)?.version !== version);
    const removed = previous.list.filter(({ name }) => !this.byName.has(name));
    return { changed: changed.map(({ name }) => name), removed: removed.map(({ name }) => name) };
  }

  private computeVersion(): string {
    const hash = createHash('sha256');
    for (const { name, version } of this.list) hash.update(`${name}\0${version}\n`);
    return hash.digest('hex').slice(0, 16);
  }

  private makeSlices(): readonly Uint8Array[] {
    const slices: Uint8Array[] = [];
    let pieces: Uint8Array[] = [];
    let pieceBytes = 0;
    for (const { bytes } of this.list) {
      pieces.push(Writer.create().uint32(RESOURCES_TAG).uint32(bytes.length).finish(), bytes);
      pieceBytes += bytes.length;
      if (pieceBytes < SLICE_BYTES) continue;
      slices.push(Buffer.concat(pieces));
      pieces = [];
      pieceBytes = 0;
    }
    if (pieces.length > 0) slices.push(Buffer.concat(pieces));
    return slices;
  }
}

const NO_DIFFERENCE: ResourceDifference = { changed: [], removed: [] };
