import { z } from 'zod';
import type { KindDefinition, ObjectOf } from './define-kind';
import { describeIssue } from './describe-issue';
import type { KubeObject } from './kube-object';
import type { StructuralSchema } from './structural-schema';
import { toStructuralSchema } from './to-structural-schema';

/** One thing that an object's schema does not allow. */
export interface SchemaIssue {
  /** Field path as kubectl prints it: `spec.ports[0].number`. */
  readonly path: string;
  readonly message: string;
}

/** A parsed object with defaults filled in, or the reasons why there is none. */
export type ParsedObject<Kind extends KindDefinition> =
  | { readonly value: ObjectOf<Kind>; readonly issues: readonly [] }
  | { readonly value?: undefined; readonly issues: readonly SchemaIssue[] };

/**
 * Checks an object against its kind without an API server: shape, bounds, patterns, and fields that the kind does not have,
 * all issues at once. CEL rules are not run. Defaults are filled in as the API server would.
 */
export function parseObject<Kind extends KindDefinition>(definition: Kind, object: KubeObject): ParsedObject<Kind> {
  const { schema, structural } = schemasOf(definition);
  const input = { spec: object.spec, ...(object.status === undefined ? {} : { status: object.status }) };
  const result = schema.safeParse(input);
  const wrong = (result.error?.issues ?? []).map((issue) => ({
    path: fieldPath(issue.path),
    message: describeIssue(issue, valueAt(input, issue.path)),
  }));
  const issues = [...wrong, ...unknownFields(input, structural, '')];
  if (issues.length > 0 || !result.success) return { issues };
  return { value: { ...object, ...(result.data as object) } as ObjectOf<Kind>, issues: [] };
}

interface Schemas {
  readonly schema: z.ZodType;
  readonly structural: StructuralSchema;
}

const remembered = new WeakMap<KindDefinition, Schemas>();

function schemasOf(definition: KindDefinition): Schemas {
  const known = remembered.get(definition);
  if (known !== undefined) return known;
  const { spec, status } = definition;
  const schema = z.object({ spec, ...(status ? { status: status.optional() } : {}) });
  const schemas = { schema, structural: toStructuralSchema(schema) };
  remembered.set(definition, schemas);
  return schemas;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    input,
  );
}

/** Writes a path of keys and indexes as kubectl does. */
export function fieldPath(parts: readonly PropertyKey[]): string {
  return parts.reduce<string>((path, part) => {
    if (typeof part === 'number') return `${path}[${part}]`;
    return path === '' ? String(part) : `${path}.${String(part)}`;
  }, '');
}

/** Fields that a schema does not have; what it preserves or maps by name is free. */
function unknownFields(input: unknown, schema: StructuralSchema, path: string): SchemaIssue[] {
  const { items, properties, additionalProperties } = schema;
  if (Array.isArray(input)) {
    if (items === undefined) return [];
    return input.flatMap((item, index) => unknownFields(item, items, `${path}[${index}]`));
  }
  if (!isRecord(input)) return [];
  const isFree = schema['x-kubernetes-preserve-unknown-fields'] === true || properties === undefined;
  return Object.entries(input).flatMap(([key, value]) => {
    const field = path === '' ? key : `${path}.${key}`;
    if (value === undefined) return [];
    const known = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (known !== undefined) return unknownFields(value, known, field);
    if (typeof additionalProperties === 'object') return unknownFields(value, additionalProperties, field);
    return isFree ? [] : [{ path: field, message: unknownMessage(key, Object.keys(properties)) }];
  });
}

function unknownMessage(key: string, known: readonly string[]): string {
  const meant = known.find((name) => name.toLowerCase() === key.toLowerCase());
  return `unknown field${meant === undefined ? `; known here: ${known.join(', ')}` : `; write ${meant}`}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
