import { jsonEqual, type JsonValue } from '../../kernel';

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
  const changes: FieldChange[] = [];
  collect(from, to, path, changes);
  return changes;
}

function collect(from: unknown, to: unknown, path: string, into: FieldChange[]): void {
  if (from === to) return;
  if (isRecord(from) && isRecord(to)) return collectFromRecords(from, to, path, into);
  if (Array.isArray(from) && Array.isArray(to)) return collectFromLists(from, to, path, into);
  into.push({
    path,
    ...(from === undefined ? {} : { from: from as JsonValue }),
    ...(to === undefined ? {} : { to: to as JsonValue }),
  });
}

/** Most fields are equal: only those that are not are worth a path. */
function collectFromRecords(
  from: Record<string, unknown>,
  to: Record<string, unknown>,
  path: string,
  into: FieldChange[],
): void {
  const differing = Object.keys(from).filter((key) => !jsonEqual(from[key], ownField(to, key)));
  for (const key of Object.keys(to)) if (!Object.hasOwn(from, key) && to[key] !== undefined) differing.push(key);
  for (const key of differing.sort()) collect(ownField(from, key), ownField(to, key), fieldPath(path, key), into);
}

/** Keys may be `constructor`, which every object inherits. */
function ownField(record: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Lists whose items all carry one key are compared as maps of it; others by position. */
function collectFromLists(from: readonly unknown[], to: readonly unknown[], path: string, into: FieldChange[]): void {
  const key = ITEM_KEYS.find((candidate) => identifies(candidate, from) && identifies(candidate, to));
  if (key === undefined) {
    const length = Math.max(from.length, to.length);
    for (let index = 0; index < length; index += 1) collect(from[index], to[index], `${path}[${index}]`, into);
    return;
  }
  const before = byKey(from, key);
  const after = byKey(to, key);
  const known = into.length;
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    collect(before.get(name), after.get(name), `${path}[${name}]`, into);
  }
  if (into.length > known) return;
  // The same items in another order are a difference where order means something, as in a list of routes.
  const order = [...after.keys()];
  if ([...before.keys()].some((name, index) => name !== order[index])) {
    into.push({ path, from: [...before.keys()], to: order });
  }
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
