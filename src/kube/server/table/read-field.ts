/** A JSON object. */
export type JsonMap = Readonly<Record<string, unknown>>;

/** Is the value a JSON object? */
export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of field names, or `undefined`. */
export function readField(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((current, name) => (isMap(current) ? current[name] : undefined), value);
}

/** A text at a path; empty when there is none. */
export function readText(value: unknown, ...path: readonly string[]): string {
  const found = readField(value, ...path);
  return typeof found === 'string' ? found : typeof found === 'number' ? String(found) : '';
}

/** A number at a path; 0 when there is none. */
export function readNumber(value: unknown, ...path: readonly string[]): number {
  const found = readField(value, ...path);
  return typeof found === 'number' ? found : 0;
}

/** A list at a path; empty when there is none. */
export function readList(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = readField(value, ...path);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

/** A map at a path; empty when there is none. */
export function readMap(value: unknown, ...path: readonly string[]): JsonMap {
  const found = readField(value, ...path);
  return isMap(found) ? found : {};
}

/** The first text that is not empty. */
export function firstText(...texts: readonly string[]): string {
  return texts.find((text) => text !== '') ?? '';
}
