import type { StructuralSchema } from '../../schema';
import { childPath, isList, isObject, type JsonObject, mapItems, mapValues } from './json-shape';
import { withTypeMeta } from './object-meta-schema';

/**
 * Drops what the schema does not name (CRD pruning), except where `x-kubernetes-preserve-unknown-fields` keeps it.
 * The paths of dropped fields are added to `unknown`.
 */
export function pruneObject(object: unknown, schema: StructuralSchema, unknown: string[]): unknown {
  return pruneValue(object, withTypeMeta(schema), '', unknown);
}

function pruneValue(value: unknown, schema: StructuralSchema, path: string, unknown: string[]): unknown {
  if (isList(value)) {
    const { items } = schema;
    if (items === undefined) return value;
    return mapItems(value, (item, index) => pruneValue(item, items, `${path}[${index}]`, unknown));
  }
  if (!isObject(value) || schema['x-kubernetes-int-or-string'] === true) return value;
  return pruneMap(
    value,
    schema['x-kubernetes-embedded-resource'] === true ? withTypeMeta(schema) : schema,
    path,
    unknown,
  );
}

function pruneMap(value: JsonObject, schema: StructuralSchema, path: string, unknown: string[]): unknown {
  const { properties, additionalProperties: rest } = schema;
  const keep = schema['x-kubernetes-preserve-unknown-fields'] === true || rest === true;
  return mapValues(value, (child, name) => {
    const field = childPath(path, name);
    const known = Object.hasOwn(properties ?? {}, name) ? properties?.[name] : undefined;
    if (known !== undefined) return pruneValue(child, known, field, unknown);
    if (typeof rest === 'object') return pruneValue(child, rest, field, unknown);
    if (keep) return child;
    unknown.push(field);
    return undefined;
  });
}
