import { createHash } from 'node:crypto';

/** Any value that JSON can carry. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * JSON with sorted keys and without `undefined`: the same value gives the same bytes, whatever order its keys were set in.
 * @param indent spaces per level, 0 for one line
 */
export function canonicalJson(value: unknown, indent = 0): string {
  return JSON.stringify(withSortedKeys(value), undefined, indent);
}

/** A copy with sorted keys at every depth: quicker than a replacer, which is asked for every value. */
function withSortedKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (hasOwnJson(value)) return value.toJSON();
  const source = value as Record<string, unknown>;
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(source).sort()) sorted[key] = withSortedKeys(source[key]);
  return sorted;
}

function hasOwnJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

/** SHA-256 over the canonical JSON, as 64 hexadecimal digits: the name of a revision, a bundle, a plan. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** Deep equality of JSON values, key order aside. */
export function jsonEqual(left: unknown, right: unknown): boolean {
  return left === right || canonicalJson(left) === canonicalJson(right);
}
