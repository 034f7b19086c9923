import { createHash } from 'node:crypto';

/** Any value that JSON can carry. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * JSON with sorted keys and without `undefined`: the same value gives the same bytes, whatever order its keys were set in.
 * @param indent spaces per level, 0 for one line
 */
export function canonicalJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, sortKeys, indent);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const source = value as Record<string, unknown>;
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(source).sort()) sorted[key] = source[key];
  return sorted;
}

/** SHA-256 over the canonical JSON, as 64 hexadecimal digits: the name of a revision, a bundle, a plan. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** Deep equality of JSON values, key order aside. */
export function jsonEqual(left: unknown, right: unknown): boolean {
  return left === right || canonicalJson(left) === canonicalJson(right);
}
