import { canonicalJson } from '../../../kernel';
import type { StructuralSchema } from '../../schema';
import { duplicate, type FieldError, required } from './field-error';
import { childPath, isList, isObject, type JsonObject } from './json-shape';

/** Finds items that appear twice in lists of type `set` or `map`, and `map` items without any of their keys. */
export function validateListTypes(value: unknown, schema: StructuralSchema, path: string): FieldError[] {
  if (isList(value)) {
    const { items } = schema;
    const inner =
      items === undefined ? [] : value.flatMap((item, index) => validateListTypes(item, items, `${path}[${index}]`));
    return [...duplicates(value, schema, path), ...inner];
  }
  if (!isObject(value)) return [];
  const { properties = {}, additionalProperties } = schema;
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return Object.entries(value).flatMap(([name, child]) => {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const field = known === undefined ? `${path}[${name}]` : childPath(path, name);
    const childSchema = known ?? rest;
    return childSchema === undefined ? [] : validateListTypes(child, childSchema, field);
  });
}

function duplicates(items: readonly unknown[], schema: StructuralSchema, path: string): FieldError[] {
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return repeated(items, path);
    case 'map':
      return mapDuplicates(items, schema['x-kubernetes-list-map-keys'] ?? [], path);
    default:
      return [];
  }
}

function mapDuplicates(items: readonly unknown[], names: readonly string[], path: string): FieldError[] {
  const keys = items.map((item) => (isObject(item) ? keyOf(item, names) : undefined));
  const missing = items.flatMap((item, index) =>
    isObject(item) && Object.keys(keyOf(item, names)).length === 0 ? [required(`${path}[${index}]`)] : [],
  );
  return missing.length > 0 ? missing : repeated(keys, path);
}

function keyOf(item: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]));
}

/** Each value that was seen before is reported once, at its second place. */
function repeated(values: readonly unknown[], path: string): FieldError[] {
  const counts = new Map<string, number>();
  return values.flatMap((value, index) => {
    if (value === undefined) return [];
    const text = canonicalJson(value);
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    return count === 2 ? [duplicate(`${path}[${index}]`, value)] : [];
  });
}
