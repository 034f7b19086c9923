import { FieldSet } from './field-set';
import { groupItems, isMap } from './list-item';
import { fieldElement, type PathElement } from './path-element';
import { fieldShape, handlerOf, type ListShape, type MapShape, narrow, type Shape } from './shape';

/** Every leaf and every list or map item that a value mentions: what whoever applied it owns. */
export function toFieldSet(value: unknown, shape: Shape): FieldSet {
  const set = new FieldSet();
  collect(value, shape, [], set);
  return set;
}

function collect(value: unknown, shape: Shape, path: readonly PathElement[], set: FieldSet): void {
  const handler = handlerOf(narrow(shape, value));
  if (handler === 'scalar') set.insert(path);
  else if ('map' in handler) collectMap(value, handler.map, path, set);
  else collectList(value, handler.list, path, set);
}

function collectMap(value: unknown, map: MapShape, path: readonly PathElement[], set: FieldSet): void {
  if (map.atomic) return set.insert(path);
  if (!isMap(value)) return;
  for (const [name, child] of Object.entries(value)) {
    const childPath = [...path, fieldElement(name)];
    collect(child, fieldShape(map, name), childPath, set);
    const empty = child === null || (isMap(child) && Object.keys(child).length === 0);
    if (empty || !map.fields.has(name)) set.insert(childPath);
  }
}

/** Items that share one identity are owned as a whole; what is in them is not told apart. */
function collectList(value: unknown, list: ListShape, path: readonly PathElement[], set: FieldSet): void {
  if (list.type === 'atomic') return set.insert(path);
  if (!Array.isArray(value)) return;
  for (const [element, items] of groupItems(list, value)) {
    const itemPath = [...path, element];
    if (items.length === 1) collect(items[0], list.element(), itemPath, set);
    set.insert(itemPath);
  }
}
