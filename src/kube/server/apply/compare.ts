import { jsonEqual } from '../../../kernel';
import { FieldSet } from './field-set';
import { groupItems, isMap } from './list-item';
import { fieldElement, type PathElement } from './path-element';
import { fieldShape, handlerOf, type ListShape, type MapShape, narrow, type Shape } from './shape';

/** How two versions of an object differ, as sets of paths. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** Compares two values of one shape. `undefined` means absent. */
export function compareValues(before: unknown, after: unknown, shape: Shape): Comparison {
  const comparison = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
  new Walk(comparison).visit(before, after, shape, []);
  return comparison;
}

class Walk {
  constructor(private readonly found: Comparison) {}

  visit(before: unknown, after: unknown, shape: Shape, path: readonly PathElement[]): void {
    const [beforeShape, afterShape] = [narrow(shape, before), narrow(shape, after)];
    const changedKind =
      before !== undefined && after !== undefined && handlerName(beforeShape) !== handlerName(afterShape);
    if (changedKind) this.visitAs(before, after, beforeShape, path);
    const leaf = this.visitAs(before, after, after === undefined ? beforeShape : afterShape, path);
    if (leaf) return;
    if (before === undefined) this.found.added.insert(path);
    else if (after === undefined) this.found.removed.insert(path);
  }

  /** @returns true when the value is compared as a whole. */
  private visitAs(before: unknown, after: unknown, shape: Shape, path: readonly PathElement[]): boolean {
    const handler = handlerOf(shape);
    if (handler === 'scalar') return this.leaf(before, after, path);
    return 'map' in handler
      ? this.maps(before, after, handler.map, path)
      : this.lists(before, after, handler.list, path);
  }

  private leaf(before: unknown, after: unknown, path: readonly PathElement[]): true {
    if (before === undefined) this.found.added.insert(path);
    else if (after === undefined) this.found.removed.insert(path);
    else if (!jsonEqual(before, after)) this.found.modified.insert(path);
    return true;
  }

  private maps(before: unknown, after: unknown, map: MapShape, path: readonly PathElement[]): boolean {
    const [left, right] = [isMap(before) ? before : {}, isMap(after) ? after : {}];
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    if (map.atomic || names.size === 0) return this.leaf(before, after, path);
    for (const name of names) this.visit(left[name], right[name], fieldShape(map, name), [...path, fieldElement(name)]);
    return false;
  }

  private lists(before: unknown, after: unknown, list: ListShape, path: readonly PathElement[]): boolean {
    const left: readonly unknown[] = Array.isArray(before) ? before : [];
    const right: readonly unknown[] = Array.isArray(after) ? after : [];
    if (list.type === 'atomic' || (left.length === 0 && right.length === 0)) return this.leaf(before, after, path);
    const [leftGroups, rightGroups] = [groupItems(list, left), groupItems(list, right)];
    for (const element of new Set([...leftGroups.keys(), ...rightGroups.keys()])) {
      const pair = { before: leftGroups.get(element) ?? [], after: rightGroups.get(element) ?? [] };
      this.items(pair, list, [...path, element]);
    }
    return false;
  }

  /** Items with one identity; more than one on a side are compared as one value. */
  private items(
    { before, after }: { readonly before: readonly unknown[]; readonly after: readonly unknown[] },
    list: ListShape,
    path: readonly PathElement[],
  ): void {
    const [many, manyAfter] = [before.length > 1, after.length > 1];
    if (many && manyAfter) {
      if (!jsonEqual(before, after)) this.found.modified.insert(path);
    } else if (many) {
      if (after.length === 1) this.visit(undefined, after[0], list.element(), path);
      this.found.removed.insert(path);
    } else if (manyAfter) {
      if (before.length === 1) this.visit(before[0], undefined, list.element(), path);
      this.found.added.insert(path);
    } else this.visit(before[0], after[0], list.element(), path);
  }
}

function handlerName(shape: Shape): string {
  const handler = handlerOf(shape);
  return handler === 'scalar' ? handler : Object.keys(handler).join();
}
