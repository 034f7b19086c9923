import { z } from 'zod';
import type { StructuralSchema } from './structural-schema';

/** JSON Schema as zod writes it, before it is made structural. */
type JsonSchema = Record<string, unknown>;

const SAFE = Number.MAX_SAFE_INTEGER;

/**
 * Turns a zod schema into the structural schema of a CRD. Kubernetes keywords (`x-kubernetes-*`) given with `.meta({…})`
 * pass through. What zod writes and Kubernetes forbids is rewritten: `const` becomes a one-element `enum`, exclusive
 * bounds become booleans, `unknown` keeps whatever it holds, closed objects lose `additionalProperties: false` (pruning does that job), and the bounds of
 * safe integers are dropped.
 */
export function toStructuralSchema(schema: z.ZodType): StructuralSchema {
  const json = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'throw' });
  return rewrite(json);
}

function rewrite(node: JsonSchema): JsonSchema {
  const { $schema: _schema, $id: _id, id: _identifier, const: constant, propertyNames: _names, ...rest } = node;
  const result: JsonSchema = { ...rest };
  if (constant !== undefined) Object.assign(result, { enum: [constant] });
  rewriteBounds(result);
  // A value of any shape: a structural schema must say that it means to keep it.
  if (Object.keys(result).every((key) => key === 'description')) result['x-kubernetes-preserve-unknown-fields'] = true;
  if (result.additionalProperties === false) delete result.additionalProperties;
  if (result['x-kubernetes-preserve-unknown-fields'] === true) dropEmptyShape(result);
  for (const key of ['items', 'not', 'additionalProperties']) {
    if (isSchema(result[key])) result[key] = rewrite(result[key]);
  }
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    if (Array.isArray(result[key])) result[key] = (result[key] as JsonSchema[]).map(rewrite);
  }
  if (isSchema(result.properties)) {
    const entries = Object.entries(result.properties as Record<string, JsonSchema>);
    result.properties = Object.fromEntries(entries.map(([name, child]) => [name, rewrite(child)]));
  }
  return result;
}

/** An object that keeps what it does not know needs no schema for it, and no empty list of what it knows. */
function dropEmptyShape(node: JsonSchema): void {
  delete node.additionalProperties;
  if (Object.keys(node.properties ?? {}).length === 0) delete node.properties;
}

function rewriteBounds(node: JsonSchema): void {
  if (node.minimum === -SAFE) delete node.minimum;
  if (node.maximum === SAFE) delete node.maximum;
  if (typeof node.exclusiveMinimum === 'number')
    Object.assign(node, { minimum: node.exclusiveMinimum, exclusiveMinimum: true });
  if (typeof node.exclusiveMaximum === 'number')
    Object.assign(node, { maximum: node.exclusiveMaximum, exclusiveMaximum: true });
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
