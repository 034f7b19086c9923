import { canonicalJson } from '../../../../kernel';
import type { StructuralSchema } from '../../../schema';
import { isList, isObject, type JsonObject } from '../json-shape';
import { CelError, withIdentity } from './cel-value';
import { escapeName } from './escape-name';
import { withRuleMeta } from './schema-type';
import { parseDuration, parseTimestamp } from './time-functions';

/** A JSON value as rules see it: integers, times and bytes by the schema, only declared fields, names escaped. @throws CelError */
export function toCelValue(value: unknown, schema: StructuralSchema): unknown {
  if (value === null) return nullValue(schema);
  if (schema['x-kubernetes-int-or-string'] === true)
    return typeof value === 'number' ? BigInt(Math.trunc(value)) : value;
  switch (schema.type) {
    case 'object':
      return objectValue(
        expect(isObject(value) ? value : undefined, 'a map for the provided schema with type=object'),
        schema,
      );
    case 'array':
      return listValue(
        expect(isList(value) ? value : undefined, 'an array for the provided schema with type=array'),
        schema,
      );
    case 'string':
      return stringValue(expect(typeof value === 'string' ? value : undefined, 'string'), schema.format ?? '');
    case 'integer':
      return BigInt(Math.trunc(expect(typeof value === 'number' ? value : undefined, 'int')));
    case 'number':
      return expect(typeof value === 'number' ? value : undefined, 'float');
    default:
      return value;
  }
}

function expect<Value>(value: Value | undefined, wanted: string): Value {
  if (value === undefined) throw new CelError(`invalid data, expected ${wanted}`);
  return value;
}

function nullValue({ nullable }: StructuralSchema): null {
  if (nullable !== true) throw new CelError('invalid data, got null for schema with nullable=false');
  return null;
}

function objectValue(value: JsonObject, schema: StructuralSchema): ReadonlyMap<string, unknown> {
  const { properties, additionalProperties: rest } =
    schema['x-kubernetes-embedded-resource'] === true ? withRuleMeta(schema) : schema;
  const map = new Map<string, unknown>();
  for (const [name, child] of Object.entries(value)) {
    if (properties === undefined) {
      if (typeof rest === 'object') map.set(name, toCelValue(child, rest));
      continue;
    }
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const escaped = escapeName(name);
    // A null field of an object counts as one that is not there.
    if (known !== undefined && escaped !== undefined && child !== null && hasType(known))
      map.set(escaped, toCelValue(child, known));
  }
  return map;
}

function hasType(schema: StructuralSchema): boolean {
  return schema.type !== undefined || schema['x-kubernetes-int-or-string'] === true;
}

function listValue(value: readonly unknown[], schema: StructuralSchema): readonly unknown[] {
  const { items } = schema;
  const converted = items === undefined ? [...value] : value.map((item) => toCelValue(item, items));
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return withIdentity(converted, { keyOf: identityText });
    case 'map': {
      const keys = (schema['x-kubernetes-list-map-keys'] ?? []).map((key) => escapeName(key) ?? key);
      return withIdentity(converted, {
        keyOf: (item) => identityText(item instanceof Map ? keys.map((key): unknown => item.get(key)) : item),
      });
    }
    default:
      return converted;
  }
}

/** Texts of equal values are equal; maps as sorted entries, integers apart from numbers. */
function identityText(value: unknown): string {
  return canonicalJson(plain(value));
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, child]) => [String(key), plain(child)]));
  return value;
}

function stringValue(text: string, format: string): unknown {
  switch (format) {
    case 'duration':
      return orFault(parseDuration(text), `Invalid duration ${text}`);
    case 'date':
      return orFault(parseTimestamp(`${text}T00:00:00Z`), `Invalid date formatted string ${text}`);
    case 'date-time':
      return orFault(parseTimestamp(text), `Invalid date-time formatted string ${text}`);
    case 'byte':
      return new Uint8Array(Buffer.from(text, 'base64'));
    default:
      return text;
  }
}

function orFault<Value>(value: Value | undefined, message: string): Value {
  if (value === undefined) throw new CelError(message);
  return value;
}
