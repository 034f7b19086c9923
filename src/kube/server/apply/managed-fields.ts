import type { FieldSet } from './field-set';
import { decodeFieldsV1, encodeFieldsV1, type FieldsV1 } from './fields-v1';

/** One entry of `metadata.managedFields` (metav1.ManagedFieldsEntry). */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: 'Apply' | 'Update';
  readonly apiVersion?: string;
  readonly time?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: FieldsV1;
  readonly subresource?: string;
}

/** Who owns which fields: a manager by name, operation, version and subresource. */
export interface Owner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly set: FieldSet;
  /** RFC 3339; absent when the owner's first apply changed nothing. */
  readonly time: string | undefined;
}

/** Owners by identity. Changed by replacing entries; an Owner itself is immutable. */
export type Owners = Map<string, Owner>;

/**
 * What makes two entries the same owner, in the form that conflict messages are sorted by. An applier is the same one
 * at every version; an updater has an entry per version.
 */
export function ownerIdentity(owner: Omit<Owner, 'set' | 'time'>): string {
  const { manager, operation, apiVersion, subresource } = owner;
  return JSON.stringify({
    ...(manager === '' ? {} : { manager }),
    operation,
    ...(operation === 'Apply' ? {} : { apiVersion }),
    ...(subresource === '' ? {} : { subresource }),
  });
}

/** Reads `metadata.managedFields`. @throws Error when an entry is malformed; the caller names the object. */
export function decodeManagedFields(raw: readonly unknown[] | undefined): Owners {
  const owners: Owners = new Map();
  for (const [index, item] of (raw ?? []).entries()) {
    const owner = decodeEntry(item ?? {}, index);
    owners.set(ownerIdentity(owner), owner);
  }
  return owners;
}

function decodeEntry(entry: ManagedFieldsEntry, index: number): Owner {
  const { manager = '', operation, apiVersion = '', subresource = '', fieldsType = '', time } = entry;
  if (operation !== 'Apply' && operation !== 'Update') throw new Error('operation must be `Apply` or `Update`');
  if (apiVersion === '') throw new Error('apiVersion must not be empty');
  if (fieldsType === '') throw new Error(`missing fieldsType in managed fields entry ${index}`);
  if (fieldsType !== 'FieldsV1') {
    throw new Error(`invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${index}`);
  }
  return { manager, operation, apiVersion, subresource, time, set: decodeFieldsV1(entry.fieldsV1) };
}

/** Writes `metadata.managedFields`: appliers first, then by time, manager, version and subresource. */
export function encodeManagedFields(owners: Owners): ManagedFieldsEntry[] {
  return [...owners.values()].sort(compareOwners).map(encodeOwner);
}

function encodeOwner({ manager, operation, apiVersion, subresource, set, time }: Owner): ManagedFieldsEntry {
  return {
    ...(manager === '' ? {} : { manager }),
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: encodeFieldsV1(set),
    ...(subresource === '' ? {} : { subresource }),
  };
}

function compareOwners(left: Owner, right: Owner): number {
  return (
    compareText(left.operation, right.operation) ||
    epochSeconds(left) - epochSeconds(right) ||
    compareText(left.manager, right.manager) ||
    compareText(left.apiVersion, right.apiVersion) ||
    compareText(left.subresource, right.subresource)
  );
}

/** The time of an owner for ordering; owners without a time come first. */
export function epochSeconds({ time }: Owner): number {
  return time === undefined ? 0 : Math.floor(Date.parse(time) / 1000);
}

/** Byte order, as Go sorts strings (locale rules would differ between machines). */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
