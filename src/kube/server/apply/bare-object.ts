import { jsonEqual } from '../../../kernel';
import type { KubeObject } from '../../schema';
import { encodeManagedFields, type ManagedFieldsEntry, type Owners } from './managed-fields';

/** The object without `metadata.managedFields`. */
export function bareObject(object: KubeObject): KubeObject {
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/**
 * The object with these owners. When nothing but times would change against the live object, the live times stay, so
 * that a write without effect is none.
 */
export function withManagedFields(object: KubeObject, owners: Owners, live: KubeObject | undefined): KubeObject {
  const managedFields = encodeManagedFields(owners);
  if (managedFields.length === 0) return bareObject(object);
  return keepTimes(live, { ...object, metadata: { ...object.metadata, managedFields } });
}

/**
 * Puts the live object's `managedFields` back when the new object differs from it in nothing but their times.
 * Call it again after defaulting and admission, which may undo what an apply changed.
 */
export function keepTimes(live: KubeObject | undefined, next: KubeObject): KubeObject {
  const before = live?.metadata.managedFields;
  const after = next.metadata.managedFields;
  if (live === undefined || before === undefined || after === undefined) return next;
  if (!jsonEqual(timeless(before), timeless(after))) return next;
  if (!jsonEqual(withoutVersion(live), withoutVersion(next))) return next;
  return { ...next, metadata: { ...next.metadata, managedFields: before } };
}

function timeless(entries: readonly unknown[]): unknown[] {
  return entries.map((entry) => {
    const { time: _time, ...rest } = entry as ManagedFieldsEntry;
    return rest;
  });
}

function withoutVersion(object: KubeObject): unknown {
  const { resourceVersion: _resourceVersion, ...metadata } = bareObject(object).metadata;
  return { ...object, metadata };
}
