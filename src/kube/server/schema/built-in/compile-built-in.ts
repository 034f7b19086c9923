import type { KubeObject, StructuralSchema } from '../../../schema';
import { applyDefaults } from '../apply-defaults';
import type { CompiledSchema } from '../compile-schema';
import { pruneObject } from '../prune';
import { validateValue } from '../validate-value';
import { isObject } from '../json-shape';
import { builtInSchemas } from './built-in-schemas';
import { completeObject } from './complete-object';
import { normalize } from './normalize';

const compiled = new Map<string, CompiledSchema>();

/**
 * The checks of a kind of Kubernetes itself (`v1/Service`, `apps/v1/Deployment`); `undefined` for any other kind.
 * What its API server defaults from other fields is set, and quantities are canonical.
 */
export function compileBuiltIn(kind: string): CompiledSchema | undefined {
  const known = compiled.get(kind);
  const schema = builtInSchemas[kind];
  if (known !== undefined || schema === undefined) return known;
  const made = compile(kind, schema);
  compiled.set(kind, made);
  return made;
}

function compile(kind: string, schema: StructuralSchema): CompiledSchema {
  const types = typesOnly(schema);
  return {
    prune: (object) => pruneObject(object, keepingNulls(schema), []) as KubeObject,
    applyDefaults(object) {
      const complete = applyDefaults(normalize(object, schema), schema);
      return (isObject(complete) ? completeObject(kind, complete) : complete) as KubeObject;
    },
    validate: (object) => [...validateValue(object, types, '').errors],
    findUnknownFields(object) {
      const unknown: string[] = [];
      pruneObject(object, schema, unknown);
      return unknown;
    },
  };
}

const keeping = new WeakMap<StructuralSchema, StructuralSchema>();

/** The schema with nulls allowed under the keys of maps of texts, where Go reads them as empty texts. */
function keepingNulls(schema: StructuralSchema): StructuralSchema {
  const known = keeping.get(schema);
  if (known !== undefined) return known;
  const { items, properties, additionalProperties: rest } = schema;
  const entries = Object.entries(properties ?? {}).map(([name, child]) => [name, keepingNulls(child)] as const);
  const changed = {
    ...(items === undefined ? {} : { items: keepingNulls(items) }),
    ...(properties === undefined ? {} : { properties: Object.fromEntries(entries) }),
    ...(typeof rest === 'object' && rest.type === 'string'
      ? { additionalProperties: { ...rest, nullable: true } }
      : {}),
  };
  const result = Object.keys(changed).length === 0 ? schema : { ...schema, ...changed };
  keeping.set(schema, result);
  return result;
}

const typed = new WeakMap<StructuralSchema, StructuralSchema>();

/** The schema without what Kubernetes checks by hand: required fields, and null where it prints null itself. */
function typesOnly(schema: StructuralSchema): StructuralSchema {
  const known = typed.get(schema);
  if (known !== undefined) return known;
  const { required: _required, default: _default, items, properties, additionalProperties, format, ...rest } = schema;
  const entries = Object.entries(properties ?? {}).map(([name, child]) => [name, typesOnly(child)] as const);
  const result: StructuralSchema = {
    ...rest,
    // Bytes were decoded before, and may be none.
    ...(format === undefined || format === 'byte' ? {} : { format }),
    ...(items === undefined ? {} : { items: typesOnly(items) }),
    ...(properties === undefined ? {} : { properties: Object.fromEntries(entries) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: typesOnly(additionalProperties) } : {}),
  };
  typed.set(schema, result);
  return result;
}
