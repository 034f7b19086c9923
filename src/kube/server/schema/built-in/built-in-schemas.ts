import type { StructuralSchema } from '../../../schema';
import { isObject, type JsonObject } from '../json-shape';
import { defaultValues } from './default-values';
import published from './definitions.json';

const definitions: Readonly<Record<string, JsonObject>> = published.definitions;
const kinds: Readonly<Record<string, string>> = published.kinds;

/** Where a definition refers to itself (a schema of schemas), its content is left open. */
const OPEN: StructuralSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const RECURSIVE = new Set(['apiextensions.v1.JSONSchemaProps']);

const resolved = new Map<string, StructuralSchema>();

/** A definition with its references resolved; shared parts are the same object everywhere. */
function resolveDefinition(name: string): StructuralSchema {
  if (RECURSIVE.has(name)) return OPEN;
  const known = resolved.get(name);
  if (known !== undefined) return known;
  const schema = withDefaults(resolveNode(definitions[name] ?? {}), defaultValues[name] ?? {});
  resolved.set(name, schema);
  return schema;
}

function withDefaults(schema: StructuralSchema, defaults: JsonObject): StructuralSchema {
  const entries = Object.entries(schema.properties ?? {}).map(([name, child]) => {
    const value = defaults[name];
    if (value === undefined) return [name, child] as const;
    return [name, { ...child, default: value, ...(value === null ? { nullable: true } : {}) }] as const;
  });
  return schema.properties === undefined ? schema : { ...schema, properties: Object.fromEntries(entries) };
}

function resolveNode(node: JsonObject): StructuralSchema {
  const { $ref, items, additionalProperties, properties, ...rest } = node;
  const base = typeof $ref === 'string' ? resolveDefinition($ref) : {};
  return {
    ...base,
    ...rest,
    ...(isObject(items) ? { items: resolveNode(items) } : {}),
    ...(isObject(additionalProperties) ? { additionalProperties: resolveNode(additionalProperties) } : {}),
    ...(isObject(properties) ? { properties: resolveProperties(properties) } : {}),
  };
}

function resolveProperties(properties: JsonObject): Record<string, StructuralSchema> {
  const entries = Object.entries(properties).map(([name, child]) => [name, resolveNode(isObject(child) ? child : {})]);
  return Object.fromEntries(entries) as Record<string, StructuralSchema>;
}

/** The Kubernetes release whose API the schemas are of. */
export const builtInVersion: string = published.version;

/** Schemas of Kubernetes' own kinds by `apiVersion/kind`, with list types, map keys and patch strategies. */
export const builtInSchemas: Readonly<Record<string, StructuralSchema>> = Object.fromEntries(
  Object.entries(kinds).map(([kind, name]) => [kind, resolveDefinition(name)]),
);
