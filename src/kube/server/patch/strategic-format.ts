/** What to do with the map or list item that holds it: `replace`, `merge` or `delete`. */
export const DIRECTIVE = '$patch';
/** Names the keys to keep of a map. */
export const RETAIN_KEYS = '$retainKeys';
/** Prefix, then `/field`: values to remove from a list of plain values. */
export const DELETE_FROM_LIST = '$deleteFromPrimitiveList';
/** Prefix, then `/field`: the order of a merged list's items. */
export const SET_ORDER = '$setElementOrder';

/** A JSON object. */
export type JsonMap = Readonly<Record<string, unknown>>;

/** Is the value a JSON object? */
export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Is the value a JSON list? */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** A value as Go's `%v` prints it; clients know these messages. */
export function printGo(value: unknown): string {
  if (value === null) return '<nil>';
  if (isList(value)) return `[${value.map(printGo).join(' ')}]`;
  if (!isMap(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const entries = Object.keys(value).sort();
  return `map[${entries.map((key) => `${key}:${printGo(value[key])}`).join(' ')}]`;
}
