import { groupItems, identify, isMap } from './list-item';
import type { PathElement } from './path-element';
import { fieldShape, handlerOf, type ListShape, type MapShape, narrow, type Shape } from './shape';

/**
 * The live value with the applied one laid over it: leaves and atomic values of the applied side win, maps are united,
 * items of `set` and `map` lists are merged one by one. Nothing is removed. `undefined` means absent.
 */
export function mergeValues(live: unknown, applied: unknown, shape: Shape): unknown {
  const decider = applied === undefined ? live : applied;
  const handler = handlerOf(narrow(shape, decider));
  if (handler === 'scalar') return decider;
  return 'map' in handler ? mergeMaps(live, applied, handler.map) : mergeLists(live, applied, handler.list);
}

function mergeMaps(live: unknown, applied: unknown, map: MapShape): unknown {
  const [left, right] = [isMap(live) ? live : {}, isMap(applied) ? applied : {}];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  if (map.atomic || names.size === 0) return applied === undefined ? live : applied;
  const result: Record<string, unknown> = {};
  for (const name of names) {
    const merged = mergeValues(left[name], right[name], fieldShape(map, name));
    if (merged !== undefined) result[name] = merged;
  }
  return Object.keys(result).length > 0 ? result : undefined;
}

function mergeLists(live: unknown, applied: unknown, list: ListShape): unknown {
  const left: readonly unknown[] = Array.isArray(live) ? live : [];
  const right: readonly unknown[] = Array.isArray(applied) ? applied : [];
  if (list.type === 'atomic' || (left.length === 0 && right.length === 0)) {
    return applied === undefined ? live : applied;
  }
  return new ListMerge(list, left, right).run();
}

/** Items that both sides hold keep the applied order; items of one side stay next to their neighbours. */
class ListMerge {
  private readonly leftElements: readonly (PathElement | undefined)[];
  private readonly rightElements: readonly PathElement[];
  private readonly leftGroups: ReadonlyMap<PathElement, readonly unknown[]>;
  private readonly rightGroups: ReadonlyMap<PathElement, readonly unknown[]>;
  /** Items of both sides that are still to come, in the applied order. */
  private readonly shared: PathElement[];
  private readonly taken = new Set<PathElement>();
  private readonly out: unknown[] = [];
  private leftIndex = 0;
  private rightIndex = 0;

  constructor(
    private readonly list: ListShape,
    private readonly left: readonly unknown[],
    right: readonly unknown[],
  ) {
    this.leftElements = left.map((item) => elementOf(list, item));
    this.leftGroups = groupItems(list, left);
    this.rightGroups = groupItems(list, right);
    this.rightElements = [...this.rightGroups.keys()];
    this.shared = this.rightElements.filter((element) => this.leftGroups.has(element));
  }

  run(): unknown {
    while (this.leftIndex < this.left.length || this.rightIndex < this.rightElements.length) {
      if (!this.takeBoth() && !this.takeLeft()) this.takeRight();
    }
    return this.out.length > 0 ? this.out : undefined;
  }

  /** Both sides stand at the same item, or the left one at a shared item whose turn has not come. */
  private takeBoth(): boolean {
    if (this.leftIndex >= this.left.length || this.rightIndex >= this.rightElements.length) return false;
    const element = this.leftElements[this.leftIndex];
    const wanted = this.rightElements[this.rightIndex];
    if (element !== undefined && element === wanted) {
      this.take(element);
      this.leftIndex += 1;
      this.rightIndex += 1;
      this.shared.shift();
      return true;
    }
    if (element === undefined || !this.rightGroups.has(element)) return false;
    if (this.shared.length === 0 || this.shared[0] === element) return false;
    this.leftIndex += 1;
    return true;
  }

  private takeLeft(): boolean {
    if (this.leftIndex >= this.left.length) return false;
    const element = this.leftElements[this.leftIndex];
    if (element === undefined || !this.rightGroups.has(element)) {
      this.out.push(this.left[this.leftIndex]);
      this.leftIndex += 1;
      return true;
    }
    if (this.taken.has(element)) this.leftIndex += 1;
    return false;
  }

  private takeRight(): void {
    const element = this.rightElements[this.rightIndex];
    if (element === undefined) return;
    this.take(element);
    this.rightIndex += 1;
    if (this.shared[0] === element) this.shared.shift();
  }

  private take(element: PathElement): void {
    this.taken.add(element);
    const group = this.leftGroups.get(element) ?? [];
    // Items that share an identity are not merged into: null makes the applied item win as it is.
    const live = group.length > 1 ? null : group[0];
    this.out.push(mergeValues(live, this.rightGroups.get(element)?.[0], this.list.element()));
  }
}

function elementOf(list: ListShape, item: unknown): PathElement | undefined {
  const identity = identify(list, item);
  return 'element' in identity ? identity.element : undefined;
}
