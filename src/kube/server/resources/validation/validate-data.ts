import { jsonEqual } from '../../../../kernel';
import type { KubeObject } from '../../../schema';
import { type FieldError, forbidden, invalid, tooLong } from '../../schema';
import { secretTypeErrors } from './validate-secret-type';

const DATA_KEY = /^[-._a-zA-Z0-9]{1,253}$/;
const KEY_DETAIL =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const MAX_BYTES = 1024 * 1024;
/** How Kubernetes prints the empty path that it gives here. */
const NO_PATH = '[]';

interface DataHolder extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

/** ConfigMaps: keys, size, and what `immutable` forbids. */
export function validateConfigMap(object: KubeObject, live?: KubeObject): readonly FieldError[] {
  const { data = {}, binaryData = {} } = object as DataHolder;
  const both = Object.keys(data).filter((key) => Object.hasOwn(binaryData, key));
  return [
    ...both.map((key) => invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...keyErrors(data, 'data'),
    ...keyErrors(binaryData, 'binaryData'),
    ...sizeErrors(NO_PATH, byteLength(data, 'utf8') + byteLength(binaryData, 'base64')),
    ...immutableErrors(object, live),
  ];
}

/** Secrets: the same, and a type that never changes. */
export function validateSecret(object: KubeObject, live?: KubeObject): readonly FieldError[] {
  const { data = {} } = object as DataHolder;
  const changed =
    live !== undefined && object.type !== live.type ? [invalid('type', object.type, 'field is immutable')] : [];
  return [
    ...keyErrors(data, 'data'),
    ...sizeErrors('data', byteLength(data, 'base64')),
    ...secretTypeErrors(object, data),
    ...changed,
    ...immutableErrors(object, live),
  ];
}

function keyErrors(data: Readonly<Record<string, string>>, field: string): readonly FieldError[] {
  return Object.keys(data).flatMap((key) => {
    const place = `${field}[${key}]`;
    if (key === '.' || key === '..') return [invalid(place, key, `must not be '${key}'`)];
    if (key.startsWith('..')) return [invalid(place, key, "must not start with '..'")];
    return DATA_KEY.test(key) ? [] : [invalid(place, key, KEY_DETAIL)];
  });
}

/** The limit is about what the values stand for, not about their base64. */
function byteLength(values: Readonly<Record<string, string>>, encoding: 'utf8' | 'base64'): number {
  return Object.values(values).reduce((sum, value) => sum + Buffer.byteLength(String(value), encoding), 0);
}

function sizeErrors(field: string, bytes: number): readonly FieldError[] {
  return bytes > MAX_BYTES ? [tooLong(field, MAX_BYTES)] : [];
}

function immutableErrors(object: KubeObject, live: KubeObject | undefined): readonly FieldError[] {
  const [next, before] = [object as DataHolder, live as DataHolder | undefined];
  if (before?.immutable !== true) return [];
  const detail = 'field is immutable when `immutable` is set';
  const errors = next.immutable === true ? [] : [forbidden('immutable', detail)];
  for (const field of ['data', 'binaryData'] as const) {
    if (!jsonEqual(next[field] ?? {}, before[field] ?? {})) errors.push(forbidden(field, detail));
  }
  return errors;
}
