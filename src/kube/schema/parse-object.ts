import { z } from 'zod';
import type { KindDefinition, ObjectOf } from './define-kind';
import type { KubeObject } from './kube-object';

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
  const schema = z.object({
    spec: definition.spec,
    ...(definition.status ? { status: definition.status.optional() } : {}),
  });
  const input = { spec: object.spec, ...(object.status === undefined ? {} : { status: object.status }) };
  const result = schema.safeParse(input);
  if (!result.success) {
    const issues = result.error.issues.map((issue) => ({ path: fieldPath(issue.path), message: issue.message }));
    return { issues };
  }
  const unknown = unknownFields(input, result.data, '');
  if (unknown.length > 0) return { issues: unknown.map((path) => ({ path, message: 'unknown field' })) };
  return { value: { ...object, ...result.data } as ObjectOf<Kind>, issues: [] };
}

/** Writes a path of keys and indexes as kubectl does. */
export function fieldPath(parts: readonly PropertyKey[]): string {
  return parts.reduce<string>((path, part) => {
    if (typeof part === 'number') return `${path}[${part}]`;
    return path === '' ? String(part) : `${path}.${String(part)}`;
  }, '');
}

/** Fields that parsing dropped: closed zod objects keep only what they know. */
function unknownFields(input: unknown, parsed: unknown, path: string): string[] {
  if (Array.isArray(input) && Array.isArray(parsed)) {
    return input.flatMap((item, index) => unknownFields(item, parsed[index], `${path}[${index}]`));
  }
  if (!isRecord(input) || !isRecord(parsed)) return [];
  return Object.entries(input).flatMap(([key, value]) => {
    const field = path === '' ? key : `${path}.${key}`;
    if (value === undefined) return [];
    return key in parsed ? unknownFields(value, parsed[key], field) : [field];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
