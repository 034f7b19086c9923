import type { Stop } from '../../../kernel';
import { KeyedQueue } from '../../queue/keyed-queue';
import { ApiError } from '../api-error';
import { systemWrites } from '../registry/write-request';
import type { StoreEvent } from '../storage';
import type { ControllerContext } from './garbage-collector';

const ACCOUNT = 'default';

/** Keeps a service account `default` in every namespace. Keys are names of namespaces. */
export class ServiceAccountController {
  private readonly queue: KeyedQueue;
  private readonly stopFollowing: Stop;
  private readonly writes = systemWrites('service-account-controller');

  constructor(private readonly context: ControllerContext) {
    const { store, clock, logger } = context;
    const run = (name: string): Promise<void> => this.reconcile(name);
    this.queue = new KeyedQueue({ name: 'service-account', run, clock, random: Math.random, logger });
    for (const { key } of store.table('namespaces').list().objects) this.queue.add(key.name);
    this.stopFollowing = store.subscribe((event) => this.onEvent(event));
  }

  idle(): Promise<void> {
    return this.queue.idle();
  }

  async close(): Promise<void> {
    this.stopFollowing();
    await this.queue.stop();
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
