import type { KubeObject, OwnerReference } from '../../schema';
import { ApiError } from '../api-error';
import { systemWrites, type Target, type WriteOptions } from '../registry/write-request';
import type { StoredObject, StoreEvent } from '../storage';
import type { ControllerContext } from './controller-context';
import { type GraphNode, OwnerGraph } from './owner-graph';
import { dutyOf, finalizerOf, FOREGROUND_FINALIZER, type OwnerState, planCollection } from './plan-collection';
import { StoreQueue } from './store-queue';

/**
 * Removes what nobody owns any more. Events of the store keep the graph of owners; each key of the queue is the uid of an
 * object to look at. What can happen: an owner goes (its dependents are looked at), a dependent goes (an owner that waits for it is
 * looked at), an object appears with owners that are not there, a deletion asks for orphans or for dependents to go first.
 */
export class GarbageCollector {
  private readonly graph = new OwnerGraph();
  private readonly queue: StoreQueue;
  private readonly writes: WriteOptions = systemWrites('generic-garbage-collector');

  constructor(private readonly context: ControllerContext) {
    const { store } = context;
    this.queue = new StoreQueue(context, {
      name: 'garbage-collector',
      run: (uid) => this.look(uid),
      onEvent: (event) => this.onEvent(event),
    });
    const objects = store.resources.flatMap((resource) => store.table(resource).list().objects);
    // The whole graph first: an owner that is not known yet would look absent.
    for (const object of objects) this.graph.put(object);
    this.queue.start(objects.filter(mayNeedALook).map(({ uid }) => uid));
  }

  async close(): Promise<void> {
    await this.queue.close();
  }

  private onEvent({ type, object }: StoreEvent): void {
    if (type === 'DELETED') this.onDeleted(object);
    else this.onChanged(object);
  }

  private onChanged(object: StoredObject): void {
    this.graph.put(object);
    this.enqueue(object);
  }

  private enqueue(object: StoredObject): void {
    if (mayNeedALook(object)) this.queue.add(object.uid);
  }

  private onDeleted({ uid, ownerReferences }: StoredObject): void {
    this.graph.remove(uid);
    for (const dependent of this.graph.dependentsOf(uid)) this.queue.add(dependent.uid);
    for (const owner of ownerReferences) if (this.graph.node(owner.uid) !== undefined) this.queue.add(owner.uid);
  }

  private async look(uid: string): Promise<void> {
    const node = this.graph.node(uid);
    const object = node && this.context.store.get(node.key)?.parse();
    if (node === undefined || object === undefined || object.metadata.uid !== uid) return;
    const duty = dutyOf(object);
    if (duty !== 'none' && (await this.dutyDone(duty, node))) await this.removeFinalizer(node, finalizerOf(duty));
    else if (object.metadata.deletionTimestamp === undefined) await this.collect(node, object);
  }

  /** Works on what an owner waits for. @returns true when it has nothing to wait for any more */
  private async dutyDone(duty: 'orphan-dependents' | 'await-dependents', owner: GraphNode): Promise<boolean> {
    const dependents = this.graph.dependentsOf(owner.uid);
    if (duty === 'orphan-dependents') {
      for (const dependent of dependents) await this.disown(dependent, ({ uid }) => uid !== owner.uid);
      return true;
    }
    const blocking = dependents.filter(({ ownerReferences }) =>
      ownerReferences.some(({ uid, blockOwnerDeletion }) => uid === owner.uid && blockOwnerDeletion === true),
    );
    for (const dependent of dependents) this.queue.add(dependent.uid);
    return blocking.length === 0;
  }

  private async collect(node: GraphNode, object: KubeObject): Promise<void> {
    const stateOf = (owner: OwnerReference): OwnerState => this.stateOf(owner, node);
    const plan = planCollection(object, stateOf, this.graph.dependentsOf(node.uid).length > 0);
    if (plan.kind === 'disown') await this.disown(node, (owner) => plan.keep.some(({ uid }) => uid === owner.uid));
    if (plan.kind !== 'delete') return;
    const preconditions = { uid: node.uid, ...resourceVersionOf(object) };
    await this.attempt(node, (target) =>
      this.context.registry.delete(target, { propagationPolicy: plan.policy, preconditions }, this.writes),
    );
  }

  /** An owner is where its reference says: same uid, same kind and name, and in the dependent's namespace unless cluster-scoped. */
  private stateOf(owner: OwnerReference, dependent: GraphNode): OwnerState {
    // An owner of a kind that is not served cannot be looked for, and what was not looked for is not missing.
    if (this.context.resources.findKind(owner.apiVersion, owner.kind) === undefined) return 'present';
    const found = this.graph.node(owner.uid);
    if (found === undefined) return 'absent';
    const kind = this.context.resources.findResource(found.key.resource);
    const matches =
      kind?.kind === owner.kind && groupOf(owner.apiVersion) === kind.group && found.key.name === owner.name;
    if (!matches || (found.key.namespace !== '' && found.key.namespace !== dependent.key.namespace)) return 'absent';
    const object = this.context.store.get(found.key)?.parse();
    if (object === undefined) return 'absent';
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    const waits = deletionTimestamp !== undefined && finalizers.includes(FOREGROUND_FINALIZER);
    return waits && owner.blockOwnerDeletion === true ? 'waiting' : 'present';
  }

  private async disown(node: GraphNode, keep: (owner: OwnerReference) => boolean): Promise<void> {
    await this.change(node, (live) => {
      const ownerReferences = (live.metadata.ownerReferences ?? []).filter(keep);
      return { ...live, metadata: { ...live.metadata, ownerReferences } };
    });
  }

  private async removeFinalizer(node: GraphNode, finalizer: string): Promise<void> {
    await this.change(node, (live) => {
      const finalizers = (live.metadata.finalizers ?? []).filter((name) => name !== finalizer);
      return { ...live, metadata: { ...live.metadata, finalizers } };
    });
  }

  private async change(node: GraphNode, transform: (live: KubeObject) => KubeObject): Promise<void> {
    await this.attempt(node, (target) => this.context.registry.update(target, transform, this.writes));
  }

  /** Somebody else may have removed the object meanwhile; then there is nothing left to do. */
  private async attempt(node: GraphNode, write: (target: Target) => Promise<unknown>): Promise<void> {
    const kind = this.context.resources.findResource(node.key.resource);
    if (kind === undefined) return;
    const { namespace, name } = node.key;
    try {
      await write({ kind, namespace, name, subresource: '' });
    } catch (cause) {
      if (!(cause instanceof ApiError) || (cause.reason !== 'NotFound' && cause.reason !== 'Conflict')) throw cause;
      if (cause.reason === 'Conflict') this.queue.add(node.uid, { afterMs: 50 });
    }
  }
}

function resourceVersionOf({ metadata }: KubeObject): { readonly resourceVersion?: string } {
  return metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion };
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/** Who has owners may lose them, and who has finalizers may wait to be let go. */
function mayNeedALook({ ownerReferences, finalizers }: StoredObject): boolean {
  return ownerReferences.length > 0 || finalizers > 0;
}
