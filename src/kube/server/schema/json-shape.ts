/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Is the value a JSON object (not null, not a list)? */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Is the value a JSON list? */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** The path of a field below another: `spec` + `ports` = `spec.ports`. */
export function childPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** Maps an object's values; the same object comes back when nothing changed. `undefined` drops the key. */
export function mapValues(object: JsonObject, change: (value: unknown, name: string) => unknown): JsonObject {
  let changed = false;
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    const next = change(value, name);
    changed ||= next !== value || next === undefined;
    if (next !== undefined) result[name] = next;
  }
  return changed ? result : object;
}

/** Maps a list's items; the same list comes back when nothing changed. */
export function mapItems(
  list: readonly unknown[],
  change: (value: unknown, index: number) => unknown,
): readonly unknown[] {
  const next = list.map(change);
  return next.every((item, index) => item === list[index]) ? list : next;
}
