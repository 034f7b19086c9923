import { ApiError } from '../api-error';
import { systemWrites } from '../registry/write-request';
import type { StoreEvent } from '../storage';
import type { ControllerContext } from './controller-context';
import { StoreQueue } from './store-queue';

const ACCOUNT = 'default';

/** Keeps a service account `default` in every namespace. Keys are names of namespaces. */
export class ServiceAccountController {
  private readonly queue: StoreQueue;
  private readonly writes = systemWrites('service-account-controller');

  constructor(private readonly context: ControllerContext) {
    this.queue = new StoreQueue(context, {
      name: 'service-account',
      run: (name) => this.reconcile(name),
      onEvent: (event) => this.onEvent(event),
    });
    this.queue.startWith('namespaces');
  }

  async close(): Promise<void> {
    await this.queue.close();
  }

  private onEvent({ type, object: { key } }: StoreEvent): void {
    if (key.resource === 'namespaces' && type === 'ADDED') this.queue.add(key.name);
    if (key.resource === 'serviceaccounts' && key.name === ACCOUNT && type === 'DELETED') this.queue.add(key.namespace);
  }

  private async reconcile(namespace: string): Promise<void> {
    const { store, registry, resources } = this.context;
    const found = store.get({ resource: 'namespaces', namespace: '', name: namespace });
    const kind = resources.findResource('serviceaccounts');
    if (found === undefined || kind === undefined || found.parse().metadata.deletionTimestamp !== undefined) return;
    if (store.get({ resource: 'serviceaccounts', namespace, name: ACCOUNT }) !== undefined) return;
    const object = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: ACCOUNT, namespace } };
    try {
      await registry.create({ kind, namespace, name: ACCOUNT, subresource: '' }, object, this.writes);
    } catch (cause) {
      const settled = cause instanceof ApiError && ['AlreadyExists', 'NotFound', 'Forbidden'].includes(cause.reason);
      if (!settled) throw cause;
    }
  }
}
