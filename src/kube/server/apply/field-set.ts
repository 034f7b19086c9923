import { compareElements, type PathElement } from './path-element';

interface Node {
  member: boolean;
  children: FieldSet;
}

/**
 * A set of field paths as a trie. A path may be a member by itself, have members below it, or both. The operations
 * return new sets and leave their operands alone; only `insert` changes a set, while it is being built.
 */
export class FieldSet {
  private readonly nodes = new Map<PathElement, Node>();

  /** A set of these paths. */
  static of(...paths: readonly (readonly PathElement[])[]): FieldSet {
    const set = new FieldSet();
    for (const path of paths) set.insert(path);
    return set;
  }

  /** Adds one path; its parents are not added. The empty path (the whole object) is nobody's. */
  insert(path: readonly PathElement[]): void {
    const [head, ...rest] = path;
    if (head === undefined) return;
    const node = this.node(head);
    if (rest.length === 0) node.member = true;
    else node.children.insert(rest);
  }

  /** Is the path itself a member? */
  has(path: readonly PathElement[]): boolean {
    const [head, ...rest] = path;
    const node = head === undefined ? undefined : this.nodes.get(head);
    if (node === undefined) return false;
    return rest.length === 0 ? node.member : node.children.has(rest);
  }

  /** Is this single step a member? */
  hasMember(element: PathElement): boolean {
    return this.nodes.get(element)?.member ?? false;
  }

  /** What lies below a step. */
  below(element: PathElement): FieldSet {
    return this.nodes.get(element)?.children ?? EMPTY;
  }

  get isEmpty(): boolean {
    for (const node of this.nodes.values()) if (node.member || !node.children.isEmpty) return false;
    return true;
  }

  /** The first steps of all paths, in order. */
  elements(): PathElement[] {
    return [...this.nodes.keys()].sort(compareElements);
  }

  /** Every member, a level's own members before what lies deeper. */
  *paths(prefix: readonly PathElement[] = []): Generator<readonly PathElement[]> {
    const elements = this.elements();
    for (const element of elements) if (this.hasMember(element)) yield [...prefix, element];
    for (const element of elements) yield* this.below(element).paths([...prefix, element]);
  }

  equals(other: FieldSet): boolean {
    return this.difference(other).isEmpty && other.difference(this).isEmpty;
  }

  union(other: FieldSet): FieldSet {
    const result = new FieldSet();
    for (const element of new Set([...this.nodes.keys(), ...other.nodes.keys()])) {
      const member = this.hasMember(element) || other.hasMember(element);
      result.put(element, member, this.below(element).union(other.below(element)));
    }
    return result;
  }

  intersection(other: FieldSet): FieldSet {
    const result = new FieldSet();
    for (const [element, { member, children }] of this.nodes) {
      result.put(element, member && other.hasMember(element), children.intersection(other.below(element)));
    }
    return result;
  }

  /** Members of this set that are not members of the other; a member's parents and children stay. */
  difference(other: FieldSet): FieldSet {
    const result = new FieldSet();
    for (const [element, { member, children }] of this.nodes) {
      result.put(element, member && !other.hasMember(element), children.difference(other.below(element)));
    }
    return result;
  }

  /** As `difference`, but a member of the other set takes everything below it along. */
  recursiveDifference(other: FieldSet): FieldSet {
    const result = new FieldSet();
    for (const [element, { member, children }] of this.nodes) {
      if (other.hasMember(element)) continue;
      result.put(element, member, children.recursiveDifference(other.below(element)));
    }
    return result;
  }

  /** Sets one step, dropping it when nothing is left of it. Used while a set is being built. */
  put(element: PathElement, member: boolean, children: FieldSet): void {
    if (!member && children.isEmpty) this.nodes.delete(element);
    else this.nodes.set(element, { member, children });
  }

  private node(element: PathElement): Node {
    const existing = this.nodes.get(element);
    if (existing !== undefined) return existing;
    const created: Node = { member: false, children: new FieldSet() };
    this.nodes.set(element, created);
    return created;
  }
}

const EMPTY = new FieldSet();
