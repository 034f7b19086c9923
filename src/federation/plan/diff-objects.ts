import type { JsonValue } from '../../kernel';

/** One field that differs. `from` is absent for what is added, `to` for what is removed. */
export interface FieldChange {
  /** As kubectl writes paths, list items by their name where they have one: `spec.ports[http].number`. */
  readonly path: string;
  readonly from?: JsonValue;
  readonly to?: JsonValue;
}

/** Keys by which list items are told apart, in order of preference; what Istio and Kubernetes lists are keyed by. */
const ITEM_KEYS = ['name', 'host', 'from', 'number', 'key'] as const;

/** Every field that differs between two JSON values, in path order, each at the deepest place that says it all. */
export function diffObjects(from: unknown, to: unknown, path = ''): readonly FieldChange[] {
  if (from === to) return [];
  if (isRecord(from) && isRecord(to)) return diffRecords(from, to, path);
  if (Array.isArray(from) && Array.isArray(to)) return diffLists(from, to, path);
  return [
    {
      path,
      ...(from === undefined ? {} : { from: from as JsonValue }),
      ...(to === undefined ? {} : { to: to as JsonValue }),
    },
  ];
}

function diffRecords(from: Record<string, unknown>, to: Record<string, unknown>, path: string): readonly FieldChange[] {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return keys.flatMap((key) => diffObjects(from[key], to[key], fieldPath(path, key)));
}

/** Lists whose items all carry one key are compared as maps of it; others by position. */
function diffLists(from: readonly unknown[], to: readonly unknown[], path: string): readonly FieldChange[] {
  const key = ITEM_KEYS.find((candidate) => identifies(candidate, from) && identifies(candidate, to));
  if (key === undefined) {
    const length = Math.max(from.length, to.length);
    return Array.from({ length }, (_unused, index) => diffObjects(from[index], to[index], `${path}[${index}]`)).flat();
  }
  const before = byKey(from, key);
  const after = byKey(to, key);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changes = names.flatMap((name) => diffObjects(before.get(name), after.get(name), `${path}[${name}]`));
  if (changes.length > 0) return changes;
  // The same items in another order are a difference where order means something, as in a list of routes.
  const order = [...after.keys()];
  return [...before.keys()].every((name, index) => name === order[index])
    ? []
    : [{ path, from: [...before.keys()], to: order }];
}

function identifies(key: string, items: readonly unknown[]): boolean {
  const values = items.map((item) => (isRecord(item) ? item[key] : undefined));
  return values.every(isLabel) && new Set(values).size === values.length;
}

function isLabel(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

function byKey(items: readonly unknown[], key: string): Map<string, unknown> {
  return new Map(items.map((item) => [String((item as Record<string, unknown>)[key]), item]));
}

function fieldPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}["${key}"]`;
  return path === '' ? key : `${path}.${key}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
