import { FieldSet } from './field-set';
import { identify, isMap } from './list-item';
import { fieldElement, fieldNameOf } from './path-element';
import { fieldShape, handlerOf, type ListShape, type MapShape, narrow, type Shape } from './shape';

/** The value without the fields and items of the set. An emptied map or list is left as null, as Kubernetes leaves it. */
export function removeItems(value: unknown, removed: FieldSet, shape: Shape): unknown {
  const handler = handlerOf(narrow(shape, value));
  if (handler === 'scalar') return value;
  return 'map' in handler ? removeFromMap(value, removed, handler.map) : removeFromList(value, removed, handler.list);
}

function removeFromMap(value: unknown, removed: FieldSet, map: MapShape): unknown {
  if (!isMap(value) || map.atomic) return null;
  const result: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(value)) {
    const element = fieldElement(name);
    if (removed.hasMember(element)) continue;
    const below = removed.below(element);
    result[name] = below.isEmpty ? child : removeItems(child, below, fieldShape(map, name));
  }
  return Object.keys(result).length > 0 ? result : null;
}

function removeFromList(value: unknown, removed: FieldSet, list: ListShape): unknown {
  if (!Array.isArray(value) || list.type === 'atomic') return null;
  const result: unknown[] = [];
  for (const item of value as readonly unknown[]) {
    const identity = identify(list, item);
    if (!('element' in identity)) result.push(item);
    else if (!removed.hasMember(identity.element)) {
      const below = removed.below(identity.element);
      result.push(below.isEmpty ? item : removeItems(item, below, list.element()));
    }
  }
  return result.length > 0 ? result : null;
}

/**
 * The set with every named field on the way to a member made a member too (keys of maps stay as they are): a struct
 * that somebody's field lies in counts as that somebody's.
 */
export function withNamedFields(set: FieldSet, shape: Shape): FieldSet {
  const result = new FieldSet();
  for (const element of set.elements()) {
    const name = fieldNameOf(element);
    const children = set.below(element);
    const named = name !== undefined && !children.isEmpty && (shape.map?.fields.has(name) ?? false);
    result.put(element, set.hasMember(element) || named, withNamedFields(children, childShape(shape, element)));
  }
  return result;
}

function childShape(shape: Shape, element: string): Shape {
  const name = fieldNameOf(element);
  if (name !== undefined && shape.map !== undefined) {
    const child = shape.map.fields.get(name) ?? shape.map.element;
    return child === undefined ? {} : child();
  }
  return element.startsWith('k:') && shape.list !== undefined ? shape.list.element() : {};
}
