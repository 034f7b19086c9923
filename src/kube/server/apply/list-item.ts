import { keyElement, type PathElement, valueElement } from './path-element';
import type { ListShape } from './shape';

/** The identity of an item of a `set` or `map` list, or why it has none. */
export type ItemIdentity = { readonly element: PathElement } | { readonly problem: string };

/** What identifies an item: its value in a set, its key fields (defaults for missing ones) in a map list. */
export function identify(list: ListShape, item: unknown): ItemIdentity {
  return list.type === 'map' ? identifyByKeys(list, item) : identifyByValue(item);
}

function identifyByKeys(list: ListShape, item: unknown): ItemIdentity {
  if (item === null) return { problem: 'associative list with keys may not have a null element' };
  if (!isMap(item)) return { problem: 'associative list with keys may not have non-map elements' };
  const defaults = list.element().map?.defaults;
  const keys: Record<string, unknown> = {};
  for (const name of list.keys) {
    const value = item[name] === undefined ? defaults?.get(name) : item[name];
    if (value !== undefined) keys[name] = value;
  }
  if (Object.keys(keys).length > 0) return { element: keyElement(keys) };
  const names = list.keys.map((name) => JSON.stringify(name)).join(' ');
  return {
    problem: `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
  };
}

function identifyByValue(item: unknown): ItemIdentity {
  if (item === null) return { problem: "associative list without keys has an element that's an explicit null" };
  if (Array.isArray(item)) return { problem: 'not supported: associative list with lists as elements' };
  if (isMap(item)) return { problem: "associative list without keys has an element that's a map type" };
  return { element: valueElement(item) };
}

/** Items by identity, in order of first appearance. Items without identity are left out: validation reports them. */
export function groupItems(list: ListShape, items: readonly unknown[]): Map<PathElement, unknown[]> {
  const groups = new Map<PathElement, unknown[]>();
  for (const item of items) {
    const identity = identify(list, item);
    if (!('element' in identity)) continue;
    const group = groups.get(identity.element);
    if (group === undefined) groups.set(identity.element, [item]);
    else group.push(item);
  }
  return groups;
}

/** A JSON object, not null and not a list. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
