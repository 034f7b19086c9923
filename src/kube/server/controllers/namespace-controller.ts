import type { KubeObject } from '../../schema';
import { systemWrites, type Target } from '../registry/write-request';
import type { ObjectKey, StoreEvent } from '../storage';
import type { ControllerContext } from './controller-context';
import { ignoreNotFound } from './ignore-not-found';
import { StoreQueue } from './store-queue';

const NAMESPACES = 'namespaces';

/**
 * Empties a namespace that is being deleted, then lets it go.
 * Keys are names of namespaces; one is looked at when it changes, and again whenever something in it goes.
 */
export class NamespaceController {
  private readonly queue: StoreQueue;
  private readonly writes = systemWrites('namespace-controller');

  constructor(private readonly context: ControllerContext) {
    this.queue = new StoreQueue(context, {
      name: 'namespace',
      run: (name) => this.reconcile(name),
      onEvent: (event) => this.onEvent(event),
    });
    this.queue.startWith(NAMESPACES);
  }

  async close(): Promise<void> {
    await this.queue.close();
  }

  private onEvent({ type, object: { key } }: StoreEvent): void {
    if (key.resource === NAMESPACES && type === 'MODIFIED') this.queue.add(key.name);
    if (key.namespace !== '' && type === 'DELETED') this.queue.add(key.namespace);
  }

  private async reconcile(name: string): Promise<void> {
    const { store, registry, resources } = this.context;
    const namespace = store.get({ resource: NAMESPACES, namespace: '', name })?.parse();
    const kind = resources.findResource(NAMESPACES);
    if (namespace?.metadata.deletionTimestamp === undefined || kind === undefined) return;
    const content = this.contentOf(name);
    for (const key of content) await this.remove(key);
    const left = this.contentOf(name);
    if (left.length > 0) return this.report({ kind, namespace: '', name, subresource: 'status' }, left);
    await ignoreNotFound(() =>
      registry.update({ kind, namespace: '', name, subresource: 'finalize' }, withoutSpecFinalizers, this.writes),
    );
  }

  private contentOf(namespace: string): readonly ObjectKey[] {
    const { store } = this.context;
    return store.resources.flatMap((resource) =>
      store
        .table(resource)
        .list({ namespace })
        .objects.map(({ key }) => key),
    );
  }

  private async remove({ resource, namespace, name }: ObjectKey): Promise<void> {
    const kind = this.context.resources.findResource(resource);
    if (kind === undefined) return;
    const target: Target = { kind, namespace, name, subresource: '' };
    await ignoreNotFound(() => this.context.registry.delete(target, { propagationPolicy: 'Background' }, this.writes));
  }

  /** Says what the namespace still waits for, in Kubernetes' own conditions. */
  private async report(target: Target, left: readonly ObjectKey[]): Promise<void> {
    const message = `Some resources are remaining: ${countByResource(left)}`;
    await ignoreNotFound(() =>
      this.context.registry.update(
        target,
        (live) => withCondition(live, message, this.context.clock.nowMs()),
        this.writes,
      ),
    );
  }
}

function countByResource(keys: readonly ObjectKey[]): string {
  const counts = new Map<string, number>();
  for (const { resource } of keys) counts.set(resource, (counts.get(resource) ?? 0) + 1);
  return [...counts].map(([resource, count]) => `${resource} has ${count} resource instances`).join(', ');
}

function withCondition(live: KubeObject, message: string, nowMs: number): KubeObject {
  const status = (live.status ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly message?: string }[];
  };
  const type = 'NamespaceContentRemaining';
  const others = (status.conditions ?? []).filter((condition) => condition.type !== type);
  if ((status.conditions ?? []).some((condition) => condition.type === type && condition.message === message))
    return live;
  const lastTransitionTime = new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const condition = { type, status: 'True', reason: 'SomeResourcesRemain', message, lastTransitionTime };
  return { ...live, status: { ...status, conditions: [...others, condition] } };
}

function withoutSpecFinalizers(namespace: KubeObject): KubeObject {
  return { ...namespace, spec: { ...(namespace.spec as object), finalizers: [] } };
}
