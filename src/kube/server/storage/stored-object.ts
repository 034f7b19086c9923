import type { KubeObject, ObjectMeta, OwnerReference } from '../../schema';
import { type ObjectKey, pathOf } from './object-key';

const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});
const NO_OWNERS: readonly OwnerReference[] = Object.freeze([]);

/**
 * One object as the store keeps it: its JSON bytes once, and the few fields that lists, watches and the garbage collector
 * look at without parsing. Immutable; a change makes a new one.
 */
export class StoredObject {
  readonly path: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly OwnerReference[];
  /** How many finalizers hold it. */
  readonly finalizers: number;
  /** What was read last, and by which reader: kinds that share an object read different fields. */
  private lastRead: { readonly by: ReadFields; readonly values: Readonly<Record<string, string>> } | undefined;

  constructor(
    readonly key: ObjectKey,
    readonly revision: number,
    readonly json: Buffer,
    { uid = '', labels = NO_LABELS, ownerReferences = NO_OWNERS, finalizers = [] }: Partial<ObjectMeta>,
  ) {
    this.path = pathOf(key);
    this.uid = uid;
    this.labels = labels;
    this.ownerReferences = ownerReferences;
    this.finalizers = finalizers.length;
  }

  /** A fresh copy of the object; the caller owns it. */
  parse(): KubeObject {
    return JSON.parse(this.json.toString('utf8')) as KubeObject;
  }

  /** Values of the fields that field selectors of this kind may name; read from the JSON once. */
  fields(read: ReadFields): Readonly<Record<string, string>> {
    if (this.lastRead?.by !== read) this.lastRead = { by: read, values: read(this.parse()) };
    return this.lastRead.values;
  }
}

/** Reads the selectable fields of an object. */
export type ReadFields = (object: KubeObject) => Readonly<Record<string, string>>;

/** The stored form of an object at a revision; its JSON carries that revision as `metadata.resourceVersion`. */
export function storeObject(key: ObjectKey, revision: number, object: KubeObject): StoredObject {
  const { apiVersion, kind, metadata, ...rest } = object;
  const stamped = { apiVersion, kind, metadata: { ...metadata, resourceVersion: String(revision) }, ...rest };
  return new StoredObject(key, revision, bytesOf(JSON.stringify(stamped)), metadata);
}

/** The stored form of bytes read back from a log or a snapshot, copied from there. */
export function restoreObject(key: ObjectKey, revision: number, bytes: Buffer): StoredObject {
  const json = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(json);
  const { metadata } = JSON.parse(json.toString('utf8')) as KubeObject;
  return new StoredObject(key, revision, json, metadata);
}

/** A buffer of its own: one cut from Node's shared pool would keep its neighbours' memory alive as long as the object. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}
