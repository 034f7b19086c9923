import type { StructuralSchema } from '../../schema';
import { childPath, isList, isObject, type JsonObject, mapItems, mapValues } from './json-shape';
import { objectMetaSchema, withTypeMeta } from './object-meta-schema';

/**
 * Drops what the schema does not name (CRD pruning), except where `x-kubernetes-preserve-unknown-fields` keeps it, and
 * nulls that the schema does not allow and has no default for. The paths of unknown fields are added to `unknown`.
 */
export function pruneObject(object: unknown, schema: StructuralSchema, unknown: string[]): unknown {
  return pruneValue(object, withTypeMeta(schema), '', unknown);
}

/** As {@link pruneObject}, for a value inside an object: a default. */
export function pruneNode(value: unknown, schema: StructuralSchema, unknown: string[]): unknown {
  return pruneValue(value, schema, '', unknown);
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
    const own = Object.hasOwn(properties ?? {}, name) ? properties?.[name] : undefined;
    const known = own ?? (typeof rest === 'object' ? rest : undefined);
    if (known !== undefined && isUselessNull(child, known)) return undefined;
    if (known === objectMetaSchema) return withoutEmpty(pruneValue(child, known, field, unknown));
    if (known !== undefined) return pruneValue(child, known, field, unknown);
    if (keep) return child;
    unknown.push(field);
    return undefined;
  });
}

function isUselessNull(value: unknown, schema: StructuralSchema): boolean {
  return value === null && schema.nullable !== true && schema.default === undefined;
}

/** Metadata knows no difference between empty and absent labels, finalizers and the like; an empty `managedFields` is a request. */
function withoutEmpty(metadata: unknown): unknown {
  if (!isObject(metadata)) return metadata;
  return mapValues(metadata, (value, name) => {
    if (name === 'managedFields') return value;
    const empty = isList(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
    return empty || value === null ? undefined : value;
  });
}
