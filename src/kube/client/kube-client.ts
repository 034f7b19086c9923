import { type Clock, systemClock } from '../../kernel';
import type { ConnectionOptions } from '../connection/connection-options';
import type { InformerMetrics } from '../informer/informer-metrics';
import {
  apiVersionOf,
  collectionPath,
  coreKinds,
  type KubeObject,
  objectPath,
  parseApiVersion,
  type ResourceKind,
} from '../schema';
import type { ClientMetrics } from './client-metrics';
import { Discovery } from './discovery';
import { defaultPoolOptions, type PoolOptions } from './dispatchers';
import { KubeApiError, type RequestSubject } from './kube-api-error';
import { listPages } from './list-pages';
import { APPLY_PATCH, PATCH_TYPES } from './patch-types';
import { readWatch } from './read-watch';
import type { RateLimit, RequestPriority } from './request-gate';
import type {
  ApplyOptions,
  DeleteOptions,
  ListOptions,
  ListResult,
  PatchOptions,
  WatchOptions,
  WriteOptions,
} from './request-options';
import { type ApiAnswer, type ApiRequest, Transport } from './transport';
import type { WatchEvent } from './watch-event';

/** What a client may be told beside its connection. */
export interface KubeClientOptions {
  readonly clock?: Clock;
  readonly pool?: Partial<PoolOptions>;
  /** Time for one answer, 30 s unless given. Watches are bounded by their own inactivity. */
  readonly requestTimeoutMs?: number;
  readonly userAgent?: string;
  /** How much this cluster may be asked: 200 a second and 400 at once unless given. Leases never wait. */
  readonly rateLimit?: RateLimit;
  /** Where this client counts its requests, and informers that read through it count themselves. */
  readonly metrics?: { readonly client: ClientMetrics; readonly informer: InformerMetrics };
}

/** `GET /version`. */
export interface ServerVersion {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
}

const INACTIVITY_MS = 90_000;
const RATE_LIMIT: RateLimit = { requestsPerSecond: 200, burst: 400 };

/**
 * One cluster's API over HTTP. Every method fails with a KubeApiError that names cluster, kind, namespace and name;
 * "not there" is an answer (undefined, false), never an error. Objects come back as the server sent them; unknown
 * fields survive a round trip.
 */
export class KubeClient {
  private readonly transport: Transport;
  private readonly discovery: Discovery;

  constructor(
    private readonly connection: ConnectionOptions,
    private readonly options: KubeClientOptions = {},
  ) {
    this.transport = new Transport({
      connection,
      clock: options.clock ?? systemClock,
      pool: { ...defaultPoolOptions, ...options.pool },
      requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
      userAgent: options.userAgent ?? 'flotilla',
      rateLimit: options.rateLimit ?? RATE_LIMIT,
      metrics: options.metrics?.client,
    });
    this.discovery = new Discovery(connection.cluster, (apiVersion) => this.fetchResources(apiVersion));
  }

  /** Name of the cluster, as in the connection. */
  get cluster(): string {
    return this.connection.cluster;
  }

  /** Where informers that read through this client count themselves. */
  get informerMetrics(): InformerMetrics | undefined {
    return this.options.metrics?.informer;
  }

  /** A client of another cluster with the same clock, limits and metrics. Its owner closes it. */
  forCluster(connection: ConnectionOptions): KubeClient {
    return new KubeClient(connection, this.options);
  }

  /** undefined when there is no such object. */
  async get<T extends KubeObject = KubeObject>(
    kind: ResourceKind,
    name: string,
    namespace?: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<T | undefined> {
    const subject = this.subject('getting', kind, namespace, name);
    const path = objectPath(kind, name, namespace);
    const { signal } = options;
    const request = { method: 'GET', path, subject, signal, priority: priorityOf(kind) } as const;
    const answer = await this.unlessNotFound(request);
    return answer === undefined ? undefined : (answer.body as T);
  }

  /** Every page of a list. A list that breaks between its pages fails as a whole. */
  async list<T extends KubeObject = KubeObject>(kind: ResourceKind, options: ListOptions = {}): Promise<ListResult<T>> {
    const subject = this.subject('listing', kind, options.namespace);
    return listPages<T>(kind, options, (query, accept) =>
      this.transport.send({
        method: 'GET',
        path: collectionPath(kind, options.namespace),
        query,
        subject,
        signal: options.signal,
        priority: options.metadataOnly ? 'low' : 'normal',
        ...(accept === undefined ? {} : { accept }),
      }),
    );
  }

  /** @throws KubeApiError FLO2005 when the object exists. */
  async create<T extends KubeObject>(kind: ResourceKind, object: T, options: WriteOptions = {}): Promise<T> {
    const { namespace, name } = object.metadata;
    const subject = this.subject('creating', kind, namespace, name);
    const path = collectionPath(kind, namespace);
    return this.write<T>({ method: 'POST', path, body: object, subject, priority: priorityOf(kind) }, options);
  }

  /** PUT: the whole object. @throws KubeApiError FLO2004 when its resourceVersion is not the current one. */
  async replace<T extends KubeObject>(kind: ResourceKind, object: T, options: WriteOptions = {}): Promise<T> {
    const { namespace, name } = object.metadata;
    const subject = this.subject('updating', kind, namespace, name);
    const path = objectPath(kind, name, namespace);
    return this.write<T>({ method: 'PUT', path, body: object, subject, priority: priorityOf(kind) }, options);
  }

  /** PUT of the status subresource; everything but status is ignored by the server. */
  async replaceStatus<T extends KubeObject>(kind: ResourceKind, object: T, options: WriteOptions = {}): Promise<T> {
    const { namespace, name } = object.metadata;
    const subject = this.subject('updating the status of', kind, namespace, name);
    const path = `${objectPath(kind, name, namespace)}/status`;
    return this.write<T>({ method: 'PUT', path, body: object, subject }, options);
  }

  /** A JSON patch (list of operations), merge patch or strategic merge patch. */
  async patch<T extends KubeObject = KubeObject>(
    kind: ResourceKind,
    name: string,
    namespace: string | undefined,
    patch: unknown,
    options: PatchOptions,
  ): Promise<T> {
    const subject = this.subject('patching', kind, namespace, name);
    const path = objectPath(kind, name, namespace) + subresourcePath(options.subresource);
    return this.write<T>(
      { method: 'PATCH', path, body: patch, contentType: PATCH_TYPES[options.type], subject },
      options,
    );
  }

  /**
   * Server-side apply: the object holds exactly the fields that this manager wants to own.
   * @throws KubeApiError FLO2004 with `fieldConflicts` when others own some of them and `force` is not set.
   */
  async apply<T extends KubeObject>(kind: ResourceKind, object: T, options: ApplyOptions): Promise<T> {
    const { namespace, name } = object.metadata;
    const subject = this.subject('applying', kind, namespace, name);
    const path = objectPath(kind, name, namespace) + subresourcePath(options.subresource);
    const query = { force: options.force ?? false };
    return this.write<T>({ method: 'PATCH', path, body: object, contentType: APPLY_PATCH, subject, query }, options);
  }

  /** False when there was no such object. Finalizers may keep a deleted object visible for a while. */
  async delete(kind: ResourceKind, name: string, namespace?: string, options: DeleteOptions = {}): Promise<boolean> {
    const { dryRun, fieldManager: _unused, signal, ...deleteOptions } = options;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...deleteOptions, ...(dryRun ? { dryRun: ['All'] } : {}) };
    const subject = this.subject('deleting', kind, namespace, name);
    const answer = await this.unlessNotFound({
      method: 'DELETE',
      path: objectPath(kind, name, namespace),
      body,
      subject,
      signal,
    });
    return answer !== undefined;
  }

  /**
   * News of a kind, one event after another, until the server ends the watch. Breaks with KubeApiError, see {@link
   * watchBatches}.
   */
  async *watch<T extends KubeObject = KubeObject>(
    kind: ResourceKind,
    options: WatchOptions = {},
  ): AsyncGenerator<WatchEvent<T>, void, undefined> {
    for await (const batch of this.watchBatches<T>(kind, options)) yield* batch;
  }

  /**
   * News of a kind in the batches that they arrived in: for readers of much. The first, perhaps empty, batch says
   * that the server accepted the watch. Bookmarks are always asked for. Fails with FLO2006 when the version is too
   * old, FLO2000 when the connection breaks or falls silent.
   */
  async *watchBatches<T extends KubeObject = KubeObject>(
    kind: ResourceKind,
    options: WatchOptions = {},
  ): AsyncGenerator<readonly WatchEvent<T>[], void, undefined> {
    const subject = this.subject('watching', kind, options.namespace);
    const path = collectionPath(kind, options.namespace);
    const request = { method: 'GET', path, query: watchQuery(options), subject, signal: options.signal } as const;
    const stream = await this.transport.stream(request, options.inactivityMs ?? INACTIVITY_MS);
    try {
      yield [];
      yield* readWatch<T>(stream, subject);
    } finally {
      stream.close();
    }
  }

  /** Looks a kind up in the cluster's discovery. @throws FlotillaError FLO2014 when it is not served. */
  kindOf(apiVersion: string, kind: string): Promise<ResourceKind> {
    return this.discovery.kindOf(apiVersion, kind);
  }

  /** Also the cheapest proof that the cluster can be reached. */
  async version(options: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {}): Promise<ServerVersion> {
    const subject = { cluster: this.cluster, verb: 'asking', kind: 'version' };
    const answer = await this.transport.send({ method: 'GET', path: '/version', subject, ...options });
    return answer.body as ServerVersion;
  }

  /** A request of any other kind: logs, metrics, review objects. The path starts with `/`. */
  request(request: Omit<ApiRequest, 'subject'>): Promise<ApiAnswer> {
    const subject = { cluster: this.cluster, verb: request.method, kind: request.path };
    return this.transport.send({ ...request, subject });
  }

  /** Ends every request and watch under way and closes the connections. */
  close(): Promise<void> {
    return this.transport.close();
  }

  private async write<T>(request: ApiRequest, { fieldManager, dryRun, signal }: WriteOptions): Promise<T> {
    const query = { ...request.query, fieldManager, dryRun: dryRun ? 'All' : undefined };
    const answer = await this.transport.send({ ...request, query, signal });
    return answer.body as T;
  }

  private async unlessNotFound(request: ApiRequest): Promise<ApiAnswer | undefined> {
    try {
      return await this.transport.send(request);
    } catch (cause) {
      if (cause instanceof KubeApiError && cause.isNotFound) return undefined;
      throw cause;
    }
  }

  private async fetchResources(apiVersion: string): Promise<unknown> {
    const path = parseApiVersion(apiVersion).group === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`;
    const subject = { cluster: this.cluster, verb: 'discovering', kind: apiVersion };
    return (await this.unlessNotFound({ method: 'GET', path, subject }))?.body;
  }

  private subject(verb: string, kind: ResourceKind, namespace?: string, name?: string): RequestSubject {
    return {
      cluster: this.cluster,
      verb,
      kind: kind.group === '' ? kind.kind : `${kind.kind} (${apiVersionOf(kind)})`,
      ...(namespace !== undefined ? { namespace } : {}),
      ...(name !== undefined ? { name } : {}),
    };
  }
}

/** A leader that cannot renew its lease in time loses it. */
function priorityOf(kind: ResourceKind): RequestPriority {
  return kind.group === coreKinds.lease.group ? 'high' : 'normal';
}

function subresourcePath(subresource: string | undefined): string {
  return subresource === undefined ? '' : `/${subresource}`;
}

function watchQuery(options: WatchOptions): NonNullable<ApiRequest['query']> {
  return {
    watch: true,
    allowWatchBookmarks: true,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    resourceVersion: options.resourceVersion,
    timeoutSeconds: options.timeoutSeconds,
    ...(options.sendInitialEvents ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' } : {}),
  };
}
