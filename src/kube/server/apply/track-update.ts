import type { KubeObject, StructuralSchema } from '../../schema';
import { emptyBuiltIn } from '../schema';
import { bareObject, withManagedFields } from './bare-object';
import { decodeManagedFields, type Owners } from './managed-fields';
import { ownUpdates } from './own-updates';
import { operationOf } from './operation-of';

/** One write by create, update or a patch other than apply. */
export interface UpdateRequest {
  /** The stored object; absent on create. */
  readonly before?: KubeObject;
  /** The object as it is to be stored. */
  readonly after: KubeObject;
  /** `fieldManager`, else the user agent's first word; empty counts as `unknown`. */
  readonly manager: string;
  readonly operation: 'Update';
  readonly subresource?: string;
  readonly schema: StructuralSchema;
  readonly nowRfc3339: string;
  readonly apiVersion: string;
  /** Is status a subresource of its own? By default when the schema has a status. */
  readonly statusSubresource?: boolean;
}

/**
 * The object with `metadata.managedFields` after a write other than apply. A main-resource write may set the entries
 * themselves; `[{}]` drops them, after which nobody is tracked until the next apply.
 */
export function trackUpdate(request: UpdateRequest): KubeObject {
  const { before, after } = request;
  const bare = bareObject(after);
  const owners = ownersToStartFrom(request);
  if (owners.size === 0 && isStored(before)) return bare;
  const updated = ownUpdates(
    before === undefined ? (emptyBuiltIn(request.schema) ?? {}) : bareObject(before),
    bare,
    owners,
    operationOf(request, 'Update'),
  );
  return withManagedFields(bare, updated, before);
}

function isStored(before: KubeObject | undefined): boolean {
  return before?.metadata.uid !== undefined && before.metadata.uid !== '';
}

function ownersToStartFrom({ before, after, schema, subresource = '' }: UpdateRequest): Owners {
  const live = before?.metadata.managedFields;
  if (subresource !== '') return readable(live);
  const given = after.metadata.managedFields;
  if (isReset(given, emptyBuiltIn(schema) !== undefined)) return new Map();
  const owners = readable(given);
  return owners.size > 0 ? owners : readable(live);
}

/** For built-in kinds an empty list is a reset too; for custom kinds it counts as none given. */
function isReset(entries: readonly unknown[] | undefined, builtIn: boolean): boolean {
  if (entries?.length === 0) return builtIn;
  return entries?.length === 1 && Object.keys(entries[0] ?? {}).length === 0;
}

/** Entries that cannot be read count as none: a client may have written nonsense, and that must not block its write. */
function readable(entries: readonly unknown[] | undefined): Owners {
  try {
    return decodeManagedFields(entries ?? undefined);
  } catch {
    return new Map();
  }
}
