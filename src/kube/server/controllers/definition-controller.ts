import { systemWrites, type Target } from '../registry/write-request';
import { awaitsCleanup, withoutCleanup } from '../resources/custom-resource-definition-strategy';
import { hasNameConflict } from '../resources/definition-names';
import type { ServedKind } from '../resources/served-kind';
import type { StoreEvent } from '../storage';
import type { ControllerContext } from './controller-context';
import { ignoreNotFound } from './ignore-not-found';
import { StoreQueue } from './store-queue';

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

/**
 * Removes the objects of a custom kind that is being deleted, then lets its definition go; gives names that came free to
 * definitions that want them.
 * Keys are names of definitions, which are names of resources too.
 */
export class DefinitionController {
  private readonly queue: StoreQueue;
  private readonly writes = systemWrites('customresource-cleanup');

  constructor(private readonly context: ControllerContext) {
    this.queue = new StoreQueue(context, {
      name: 'definition',
      run: (name) => this.reconcile(name),
      onEvent: (event) => this.onEvent(event),
    });
    this.queue.startWith(DEFINITIONS);
  }

  async close(): Promise<void> {
    await this.queue.close();
  }

  private onEvent({ type, object: { key } }: StoreEvent): void {
    if (key.resource === DEFINITIONS && type === 'MODIFIED') this.queue.add(key.name);
    // Whoever waited for a name of this one may have it now.
    if (key.resource === DEFINITIONS && type !== 'ADDED') this.retryNames(key.name);
    // An object of a custom kind has gone; its definition may have waited for that.
    if (type === 'DELETED' && key.resource.includes('.')) this.queue.add(key.resource);
  }

  /** An update that changes nothing has the names looked at again. */
  private async acceptNames(name: string, kind: ServedKind): Promise<void> {
    const target = { kind, namespace: '', name, subresource: '' };
    await ignoreNotFound(() => this.context.registry.update(target, (live) => live, this.writes));
  }

  private retryNames(changed: string): void {
    const group = changed.slice(changed.indexOf('.'));
    const { objects } = this.context.store.table(DEFINITIONS).list();
    for (const { key } of objects) if (key.name !== changed && key.name.endsWith(group)) this.queue.add(key.name);
  }

  private async reconcile(name: string): Promise<void> {
    const { store, registry, resources } = this.context;
    const definition = store.get({ resource: DEFINITIONS, namespace: '', name })?.parse();
    const kind = resources.findResource(DEFINITIONS);
    if (definition === undefined || kind === undefined) return;
    if (hasNameConflict(definition.status)) await this.acceptNames(name, kind);
    if (!awaitsCleanup(definition)) return;
    for (const { key } of store.table(name).list().objects) {
      const served = resources.findResource(name);
      if (served === undefined) break;
      const target: Target = { kind: served, namespace: key.namespace, name: key.name, subresource: '' };
      await ignoreNotFound(() => registry.delete(target, { propagationPolicy: 'Background' }, this.writes));
    }
    if (store.table(name).size > 0) return;
    await ignoreNotFound(() =>
      registry.update({ kind, namespace: '', name, subresource: '' }, withoutCleanup, this.writes),
    );
  }
}
