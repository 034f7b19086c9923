import type { StructuralSchema } from '../../../schema';
import { isList, isObject, type JsonObject } from '../json-shape';
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
  const { $ref, items, additionalProperties, properties, zero: _zero, ...rest } = node;
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

/** What fields of a definition look like in an object that nobody has written yet. */
function emptyFields(name: string): JsonObject {
  const { properties = {}, required = [] } = definitions[name] ?? {};
  const always = isList(required) ? required : [];
  const entries = Object.entries(isObject(properties) ? properties : {}).flatMap(([field, node]) => {
    if (!isObject(node)) return [];
    if (isObject(node.zero)) return [[field, typeof node.$ref === 'string' ? emptyFields(node.$ref) : {}] as const];
    if (node.zero !== undefined) return [[field, node.zero] as const];
    return node.type === 'array' && always.includes(field) ? [[field, null] as const] : [];
  });
  return Object.fromEntries(entries);
}

const emptyObjects = new WeakMap<StructuralSchema, JsonObject>();

/**
 * What an object of a built-in kind looks like before its first write: the parts that its API server's own types always
 * have are there, and so count as nobody's. `undefined` for the schema of a custom kind, where there is nothing.
 */
export function emptyBuiltIn(schema: StructuralSchema): JsonObject | undefined {
  return emptyObjects.get(schema);
}

/** Schemas of Kubernetes' own kinds by `apiVersion/kind`, with list types, map keys and patch strategies. */
export const builtInSchemas: Readonly<Record<string, StructuralSchema>> = Object.fromEntries(
  Object.entries(kinds).map(([kind, name]) => [kind, resolveDefinition(name)]),
);

for (const [kind, name] of Object.entries(kinds)) {
  const schema = builtInSchemas[kind];
  if (schema !== undefined) emptyObjects.set(schema, emptyFields(name));
}
