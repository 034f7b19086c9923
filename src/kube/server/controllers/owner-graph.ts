import type { OwnerReference } from '../../schema';
import type { ObjectKey } from '../storage';

/** What the graph keeps of an object. */
export interface GraphNode {
  readonly key: ObjectKey;
  readonly uid: string;
  readonly ownerReferences: readonly OwnerReference[];
}

/** Who owns whom among all stored objects, by uid. No I/O; the garbage collector feeds it. */
export class OwnerGraph {
  private readonly nodes = new Map<string, GraphNode>();
  private readonly dependents = new Map<string, Set<string>>();

  /** Adds an object or replaces what was known of it. Keeps the given object itself. */
  put(node: GraphNode): void {
    this.remove(node.uid);
    this.nodes.set(node.uid, node);
    for (const { uid } of node.ownerReferences) {
      const set = this.dependents.get(uid) ?? new Set<string>();
      set.add(node.uid);
      this.dependents.set(uid, set);
    }
  }

  remove(uid: string): void {
    const node = this.nodes.get(uid);
    if (node === undefined) return;
    this.nodes.delete(uid);
    for (const owner of node.ownerReferences) {
      const set = this.dependents.get(owner.uid);
      set?.delete(uid);
      if (set?.size === 0) this.dependents.delete(owner.uid);
    }
  }

  node(uid: string): GraphNode | undefined {
    return this.nodes.get(uid);
  }

  /** Objects that name this uid as an owner. */
  dependentsOf(uid: string): readonly GraphNode[] {
    return [...(this.dependents.get(uid) ?? [])].map((dependent) => this.nodes.get(dependent)).filter(isNode);
  }
}

function isNode(node: GraphNode | undefined): node is GraphNode {
  return node !== undefined;
}
