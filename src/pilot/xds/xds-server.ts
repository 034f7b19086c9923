import { type Clock, FlotillaError, type Logger, type Stop, toFlotillaError } from '../../kernel';
import { type GrpcCall, GrpcCode, type GrpcMethod, type GrpcStatus } from '../grpc';
import { parseProxy, type Proxy } from '../model';
import { decode } from '../proto';
import type { XdsProtocol, XdsRequest } from './discovery-channel';
import type { DiscoveryTypeName } from './discovery-type';
import type { ProxyDump, ProxyStatus, ResourceStatus } from './proxy-status';
import { PushQueue } from './push-queue';
import type { ResourceSource } from './resource-source';
import { XdsConnection, type XdsConnectionContext } from './xds-connection';
import { silentXdsObserver, type XdsObserver } from './xds-observer';

/** Says whether a caller may be served as the proxy it claims to be; a status is the refusal. */
export type AuthorizeProxy = (call: GrpcCall, proxy: Proxy) => Promise<GrpcStatus | undefined>;

/** What the server works with. */
export interface XdsServerOptions {
  readonly source: ResourceSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: XdsObserver;
  /** Names this server to proxies (`control_plane.identifier`). */
  readonly identifier: string;
}

const SERVICE = '/envoy.service.discovery.v3.AggregatedDiscoveryService';
const MAX_WAITING_REQUESTS = 100;

/**
 * The aggregated discovery service, state of the world and delta. It serves what the source has, pushes what changed, and
 * knows what every proxy accepted. It owns its streams; `stop` ends them.
 */
export class XdsServer {
  private readonly connections = new Set<XdsConnection>();
  private readonly queue = new PushQueue();
  private readonly listeners = new Set<() => void>();
  private readonly stopListening: Stop;

  constructor(private readonly options: XdsServerOptions) {
    this.stopListening = options.source.onChange(() => this.push());
  }

  /** The service's methods, to be registered with a gRPC server. */
  methods(authorize: AuthorizeProxy): ReadonlyMap<string, GrpcMethod> {
    return new Map<string, GrpcMethod>([
      [
        `${SERVICE}/StreamAggregatedResources`,
        { kind: 'stream', handle: (call) => this.open(call, 'sotw', authorize) },
      ],
      [
        `${SERVICE}/DeltaAggregatedResources`,
        { kind: 'stream', handle: (call) => this.open(call, 'delta', authorize) },
      ],
    ]);
  }

  /** Every connected proxy, ordered by id. */
  proxies(): readonly ProxyStatus[] {
    const rows = [...this.connections].map((connection) => connection.status());
    return rows.sort((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0));
  }

  /** The resources of a type that a proxy subscribes to, with the versions it should have and has accepted. */
  resources(nodeId: string, type: DiscoveryTypeName): readonly ResourceStatus[] {
    const newest = [...this.connections].filter((connection) => connection.nodeId === nodeId).at(-1);
    return newest?.resources(type) ?? [];
  }

  /** Everything that a proxy should have, by `name.namespace`. */
  dump(name: string): ProxyDump | undefined {
    return [...this.connections].find(({ proxy }) => proxy.id === name)?.dump();
  }

  /** Tells of every connect, disconnect, answer, ACK and NACK; called often, so fold. */
  onProxiesChange(listener: () => void): Stop {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Clients that wait for a step. */
  get queueDepth(): number {
    return this.queue.depth;
  }

  /** Pushes no more. The streams end with the gRPC server that carries them. */
  stop(): void {
    this.stopListening();
    this.queue.stop();
  }

  private push(): void {
    for (const connection of this.connections) connection.invalidate();
  }

  private open(call: GrpcCall, protocol: XdsProtocol, authorize: AuthorizeProxy): void {
    const stream = new AdsStream(call, protocol, authorize, this.options.source, {
      admit: (proxy, nodeId) => this.admit(proxy, nodeId, protocol, call),
    });
    call.listen({
      message: (bytes) => stream.receive(bytes),
      halfClosed: () => call.end({ code: GrpcCode.Ok, message: '' }),
      closed: () => stream.connection && this.forget(stream.connection),
    });
  }

  private admit(proxy: Proxy, nodeId: string, protocol: XdsProtocol, call: GrpcCall): XdsConnection {
    const { options, queue } = this;
    const context: XdsConnectionContext = {
      ...options,
      observer: options.observer ?? silentXdsObserver,
      enqueue: (target, asked) => queue.add(target, asked),
      changed: () => this.changed(),
    };
    const connection = new XdsConnection(proxy, nodeId, protocol, call, context);
    this.connections.add(connection);
    options.logger.info('proxy connected', { proxy: proxy.id, type: proxy.type, protocol, peer: call.peer.address });
    return connection;
  }

  private forget(connection: XdsConnection): void {
    this.queue.remove(connection);
    if (!this.connections.delete(connection)) return;
    this.options.logger.info('proxy disconnected', { proxy: connection.proxy.id });
    this.changed();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

interface Admission {
  admit(proxy: Proxy, nodeId: string): XdsConnection;
}

/** A stream before and after it is known whose it is. Requests that come while the caller is being verified wait in order. */
class AdsStream {
  connection: XdsConnection | undefined;
  private verifying = false;
  private readonly waiting: XdsRequest[] = [];

  constructor(
    private readonly call: GrpcCall,
    private readonly protocol: XdsProtocol,
    private readonly authorize: AuthorizeProxy,
    private readonly source: ResourceSource,
    private readonly admission: Admission,
  ) {}

  receive(bytes: Buffer): void {
    try {
      const request = decodeRequest(this.protocol, bytes);
      if (this.connection) return this.connection.receive(request);
      if (this.waiting.push(request) > MAX_WAITING_REQUESTS) throw tooManyRequests();
      if (this.verifying) return;
      this.verifying = true;
      void this.identify(request);
    } catch (error) {
      this.refuse(GrpcCode.InvalidArgument, error);
    }
  }

  /** The node is given in the first request only. */
  private async identify({ node }: XdsRequest): Promise<void> {
    if (!this.source.isReady()) {
      return this.call.end({ code: GrpcCode.Unavailable, message: 'the primary has not read its clusters yet' });
    }
    try {
      const proxy = parseProxy({ ...node, id: node?.id ?? '' });
      const refusal = await this.authorize(this.call, proxy);
      if (refusal) return this.call.end(refusal);
      if (this.call.isOver) return;
      this.connection = this.admission.admit(proxy, node?.id ?? '');
      for (const request of this.waiting.splice(0)) this.connection.receive(request);
    } catch (error) {
      this.refuse(GrpcCode.InvalidArgument, error);
    }
  }

  private refuse(code: GrpcCode, error: unknown): void {
    const { code: flotillaCode, message, hint } = toFlotillaError(error);
    this.call.end({ code, message: `${flotillaCode}: ${message}${hint ? `; ${hint}` : ''}` });
  }
}

function decodeRequest(protocol: XdsProtocol, bytes: Buffer): XdsRequest {
  return protocol === 'delta'
    ? decode('envoy.service.discovery.v3.DeltaDiscoveryRequest', bytes)
    : decode('envoy.service.discovery.v3.DiscoveryRequest', bytes);
}

function tooManyRequests(): FlotillaError {
  return new FlotillaError(`more than ${MAX_WAITING_REQUESTS} requests came before the caller was verified`, {
    code: 'FLO4121',
    hint: 'send one request per resource type and wait for the answers',
  });
}
