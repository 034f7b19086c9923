import type { StructuralSchema } from '../../schema';
import { isList, isObject, type JsonObject, mapItems, mapValues } from './json-shape';

/**
 * Sets missing fields to the schema's defaults, from the outside in, so that a default object gets its own fields'
 * defaults. A null where the schema does not say `nullable` counts as missing when there is a default.
 */
export function applyDefaults(value: unknown, schema: StructuralSchema): unknown {
  if (isList(value)) {
    const { items } = schema;
    return items === undefined ? value : mapItems(value, (item) => applyDefaults(orDefault(item, items), items));
  }
  return isObject(value) ? defaultMap(value, schema) : value;
}

function defaultMap(value: JsonObject, schema: StructuralSchema): JsonObject {
  const { properties = {}, additionalProperties } = schema;
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const present = mapValues(value, (child, name) => {
    const known = Object.hasOwn(properties, name) ? properties[name] : rest;
    if (known === undefined) return child;
    return applyDefaults(orDefault(child, known), known);
  });
  const missing = Object.entries(properties).filter(
    ([name, child]) => child.default !== undefined && !Object.hasOwn(present, name),
  );
  if (missing.length === 0) return present;
  const added = missing.map(([name, child]) => [name, applyDefaults(structuredClone(child.default), child)] as const);
  return { ...present, ...Object.fromEntries(added) };
}

function orDefault(value: unknown, schema: StructuralSchema): unknown {
  const useDefault = value === null && schema.nullable !== true && schema.default !== undefined;
  return useDefault ? structuredClone(schema.default) : value;
}
