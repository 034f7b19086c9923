import { FieldSet } from './field-set';
import { fieldNameOf, type PathElement } from './path-element';
import { anyShape, handlerOf, type MapShape, type Shape } from './shape';

/**
 * A stored set fitted to today's schema: where a list or map has become atomic since the set was written, its owner
 * owns the whole of it and nothing below.
 */
export function reconcileWithSchema(set: FieldSet, shape: Shape): FieldSet {
  const atomic = new FieldSet();
  findNewlyAtomic({ set, shape, path: [], whole: false }, atomic);
  return atomic.isEmpty ? set : set.recursiveDifference(atomic).union(atomic);
}

interface Place {
  readonly set: FieldSet;
  readonly shape: Shape;
  readonly path: readonly PathElement[];
  /** The stored set owns this place and nothing below it. */
  readonly whole: boolean;
}

function findNewlyAtomic(place: Place, found: FieldSet): void {
  const handler = handlerOf(place.shape);
  if (handler === 'scalar') return;
  if ('list' in handler) {
    if (handler.list.type !== 'atomic') return descend(place, () => handler.list.element(), found);
    if (!place.whole) found.insert(place.path);
    return;
  }
  if (isUntyped(handler.map)) return;
  if (!handler.map.atomic) return descend(place, (element) => typeAt(handler.map, element), found);
  if (!place.whole && !place.set.isEmpty) found.insert(place.path);
}

function descend(place: Place, childOf: (element: PathElement) => Shape | undefined, found: FieldSet): void {
  for (const element of place.set.elements()) {
    const shape = childOf(element);
    if (shape === undefined) continue;
    const set = place.set.below(element);
    const whole = place.set.hasMember(element) && set.isEmpty;
    findNewlyAtomic({ set, shape, path: [...place.path, element], whole }, found);
  }
}

function typeAt(map: MapShape, element: PathElement): Shape | undefined {
  const name = fieldNameOf(element);
  return ((name === undefined ? undefined : map.fields.get(name)) ?? map.element)?.();
}

function isUntyped(map: MapShape): boolean {
  return map.fields.size === 0 && map.element?.() === anyShape;
}
