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
  for (const key of Object.keys(source).sort()) {
    const field = withSortedKeys(source[key]);
    if (key === '__proto__') Object.defineProperty(sorted, key, { value: field, enumerable: true });
    else sorted[key] = field;
  }
  return sorted;
}

function hasOwnJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

/** SHA-256 over the canonical JSON, as 64 hexadecimal digits: the name of a revision, a bundle, a plan. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** Deep equality of JSON values, key order aside: whether their canonical JSON is the same, without writing it. */
export function jsonEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return canonicalJson(left) === canonicalJson(right);
  }
  if (Array.isArray(left) || Array.isArray(right) || hasOwnJson(left) || hasOwnJson(right)) {
    return Array.isArray(left) && Array.isArray(right)
      ? left.length === right.length && left.every((item, index) => jsonEqual(item, right[index]))
      : canonicalJson(left) === canonicalJson(right);
  }
  return recordsEqual(left as Record<string, unknown>, right as Record<string, unknown>);
}

function recordsEqual(left: Record<string, unknown>, right: Record<string, unknown>): boolean {
  for (const key of Object.keys(left)) if (!jsonEqual(left[key], ownField(right, key))) return false;
  for (const key of Object.keys(right)) {
    if (right[key] !== undefined && ownField(left, key) === undefined) return false;
  }
  return true;
}

/** Keys may be `constructor`, which every object inherits. */
function ownField(record: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
