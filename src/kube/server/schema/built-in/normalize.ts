import type { StructuralSchema } from '../../../schema';
import { isList, isObject, type JsonObject, mapItems, mapValues } from '../json-shape';
import { formatQuantity, parseQuantity } from '../quantity';

/**
 * An object of a built-in kind as Kubernetes keeps it, whose own types know no difference between absent, null and
 * empty: nulls go, empty lists and maps go where they are optional, quantities are written canonically.
 */
export function normalize(value: unknown, schema: StructuralSchema): unknown {
  if (schema.format === 'quantity') return normalizeQuantity(value);
  if (isList(value)) {
    const { items } = schema;
    return items === undefined ? value : mapItems(value, (item) => normalize(item, items));
  }
  return isObject(value) ? normalizeMap(value, schema) : value;
}

function normalizeMap(value: JsonObject, schema: StructuralSchema): JsonObject {
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return value;
  const { properties = {}, additionalProperties, required = [] } = schema;
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return mapValues(value, (child, name) => {
    const known = Object.hasOwn(properties, name) ? properties[name] : rest;
    if (child === null) return emptyOf(Object.hasOwn(properties, name) ? undefined : rest);
    if (known === undefined) return child;
    const next = normalize(child, known);
    // An empty list of managed fields asks for their reset.
    const kept = required.includes(name) || name === 'managedFields';
    return isEmpty(next, known) && !kept ? undefined : next;
  });
}

/** A null under a key of a map is that key with an empty value; a null in a field is no field. */
function emptyOf(values: StructuralSchema | undefined): unknown {
  return values?.type === 'string' ? '' : undefined;
}

function isEmpty(value: unknown, schema: StructuralSchema): boolean {
  if (isList(value)) return value.length === 0;
  return schema.additionalProperties !== undefined && isObject(value) && Object.keys(value).length === 0;
}

function normalizeQuantity(value: unknown): unknown {
  const quantity = typeof value === 'string' || typeof value === 'number' ? parseQuantity(String(value)) : undefined;
  return quantity === undefined ? value : formatQuantity(quantity);
}
