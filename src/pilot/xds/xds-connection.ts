import { type Clock, type Logger, toFlotillaError } from '../../kernel';
import type { GrpcCall } from '../grpc';
import type { Proxy } from '../model';
import { type AnyJson, decodeAny } from '../proto';
import { DiscoveryChannel, formatOwner, type XdsProtocol, type XdsRequest } from './discovery-channel';
import { type DiscoveryType, type DiscoveryTypeName, discoveryTypeOf, discoveryTypes } from './discovery-type';
import type { DiscoveryFault, ProxyDump, ProxyStatus, ResourceStatus } from './proxy-status';
import type { PushTarget } from './push-queue';
import type { EncodedResource } from './resource-set';
import type { ResourceSource } from './resource-source';
import { framePlanned, PROXYLESS_LIMIT_BYTES, splitBySize } from './response-parts';
import type { PlannedResponse } from './subscription';
import type { XdsObserver } from './xds-observer';

/** What a connection needs of its server. */
export interface XdsConnectionContext {
  readonly source: ResourceSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: XdsObserver;
  /** `control_plane.identifier` of every answer. */
  readonly identifier: string;
  /** Wants a step soon; `asked` when the proxy waits for an answer. */
  enqueue(connection: XdsConnection, asked: boolean): void;
  /** The status has changed. */
  changed(): void;
}

/**
 * One proxy on one ADS stream. Requests change subscriptions; `step` sends what one type needs. At most one answer is being
 * written at a time, and what changes meanwhile is folded, so a slow proxy costs no memory and holds up nobody.
 */
export class XdsConnection implements PushTarget {
  private readonly channels = new Map<DiscoveryTypeName, DiscoveryChannel>();
  private readonly dirty = new Set<DiscoveryType>();
  private sending = false;
  private nonce = 0;
  private readonly connectedAtMs: number;
  private readonly logger: Logger;

  constructor(
    readonly proxy: Proxy,
    readonly nodeId: string,
    private readonly protocol: XdsProtocol,
    private readonly call: GrpcCall,
    private readonly context: XdsConnectionContext,
  ) {
    this.connectedAtMs = context.clock.nowMs();
    this.logger = context.logger.child({ proxy: proxy.id });
  }

  get hasWork(): boolean {
    return this.dirty.size > 0 && !this.sending && !this.call.isOver;
  }

  /** Everything may have changed. */
  invalidate(): void {
    for (const { type } of this.channels.values()) this.dirty.add(type);
    if (this.hasWork) this.context.enqueue(this, false);
  }

  /** Takes one request. Types that are not served are left without an answer, as the protocol allows. */
  receive(request: XdsRequest): void {
    const type = discoveryTypeOf(request.typeUrl ?? '');
    if (!type) return this.logger.debug('asked for a type that is not served', { typeUrl: request.typeUrl });
    const channel = this.channelOf(type);
    const fault = channel.acknowledge(request, this.context.clock.nowMs());
    if (fault) this.reportRefusal(type, fault);
    channel.subscription.receive(request);
    this.context.changed();
    if (channel.subscription.isDue) this.dirty.add(type); // a mere ACK needs nothing
    if (this.hasWork) this.context.enqueue(this, true);
  }

  /** Sends what the first type in push order needs, if anything. */
  step(): void {
    if (!this.hasWork) return;
    const type = discoveryTypes.find((candidate) => this.dirty.has(candidate));
    const channel = type && this.channels.get(type.name);
    if (!type || !channel) return this.dirty.clear();
    this.dirty.delete(type);
    const plan = this.plan(channel);
    if (plan) void this.send(channel, plan);
  }

  /** The row of this proxy in the table. */
  status(): ProxyStatus {
    const { proxy } = this;
    return {
      id: this.nodeId,
      name: proxy.name,
      type: proxy.type,
      proxyless: proxy.generator === 'grpc',
      namespace: proxy.namespace,
      labels: proxy.labels,
      locality: proxy.locality,
      clusterId: proxy.clusterId,
      address: this.call.peer.address,
      connectedAtMs: this.connectedAtMs,
      protocol: this.protocol,
      types: Object.fromEntries([...this.channels].map(([name, channel]) => [name, channel.status()])),
    };
  }

  /** Every resource of a type that the proxy subscribes to. */
  resources(type: DiscoveryTypeName): readonly ResourceStatus[] {
    return this.channels.get(type)?.resources() ?? [];
  }

  /** What the proxy should have, decoded. */
  dump(): ProxyDump {
    const resources = [...this.channels].map(([type, { set, subscription }]) => {
      const subscribed = set.list.filter(({ name }) => subscription.names?.has(name) ?? true);
      return [type, subscribed.map((resource) => dumpResource(type, resource))] as const;
    });
    return { id: this.nodeId, resources: Object.fromEntries(resources) };
  }

  private channelOf(type: DiscoveryType): DiscoveryChannel {
    const known = this.channels.get(type.name);
    if (known) return known;
    const channel = new DiscoveryChannel(type, this.protocol);
    this.channels.set(type.name, channel);
    return channel;
  }

  private plan(channel: DiscoveryChannel): PlannedResponse | undefined {
    const { type, subscription } = channel;
    try {
      return channel.plan(this.context.source.resources(this.proxy, type.typeUrl, subscription.names));
    } catch (error) {
      this.fail(channel, 'make', toFlotillaError(error).message, []);
      return undefined;
    }
  }

  private async send(channel: DiscoveryChannel, plan: PlannedResponse): Promise<void> {
    this.sending = true;
    try {
      for (const part of this.partsOf(channel, plan)) await this.sendPart(channel, part);
      this.resendDependents(channel.type, plan);
    } catch (error) {
      this.fail(channel, 'send', toFlotillaError(error).message, []);
    }
    this.sending = false;
    if (this.hasWork) this.context.enqueue(this, false);
  }

  /** Envoy takes any size; gRPC clients do not, and a whole state cannot be split. */
  private partsOf(channel: DiscoveryChannel, plan: PlannedResponse): readonly PlannedResponse[] {
    if (this.proxy.generator !== 'grpc') return [plan];
    const parts = splitBySize(plan.resources, PROXYLESS_LIMIT_BYTES);
    if (parts.length <= 1) return [plan];
    if (channel.type.whole && this.protocol === 'sotw') {
      const names = plan.resources.map(({ name }) => name);
      this.fail(channel, 'send', `the answer exceeds what a gRPC client takes, ${PROXYLESS_LIMIT_BYTES} bytes`, names);
      return [];
    }
    const changed = new Set(plan.changed);
    return parts.map((resources, index) => ({
      ...plan,
      resources,
      removed: index === 0 ? plan.removed : [],
      changed: resources.map(({ name }) => name).filter((name) => changed.has(name)),
    }));
  }

  private async sendPart(channel: DiscoveryChannel, part: PlannedResponse): Promise<void> {
    const { typeUrl, name } = channel.type;
    const { version } = channel.set;
    this.nonce += 1;
    const nonce = `${version}-${this.nonce}`;
    const header = { typeUrl, version, nonce, controlPlane: this.context.identifier };
    const pieces = framePlanned(this.protocol, header, part);
    const sizeBytes = pieces.reduce((sum, { length }) => sum + length, 0);
    channel.sent(nonce, part);
    this.context.observer.sent(name, part.resources.length, sizeBytes);
    this.context.changed();
    await this.call.send(pieces);
  }

  /**
   * A changed cluster or listener warms anew and asks for its endpoints or routes, under names that are subscribed already;
   * on the wire that request looks like an ACK. So they are sent without being asked (envoyproxy/envoy#13009).
   */
  private resendDependents({ name }: DiscoveryType, plan: PlannedResponse): void {
    const dependent = this.channels.get(name === 'cds' ? 'eds' : 'rds');
    if (!dependent || plan.changed.length === 0 || (name !== 'cds' && name !== 'lds')) return;
    dependent.subscription.resend(name === 'cds' ? plan.changed : undefined);
    this.dirty.add(dependent.type);
  }

  private reportRefusal(type: DiscoveryType, { message, names, owners }: DiscoveryFault): void {
    this.context.observer.refused(type.name);
    this.logger.warn('proxy refused an answer', {
      discoveryType: type.name,
      reason: message,
      resources: names.slice(0, 5).join(', '),
      objects: owners.map(formatOwner).slice(0, 5).join(', '),
    });
  }

  private fail(channel: DiscoveryChannel, during: 'make' | 'send', message: string, names: readonly string[]): void {
    channel.fail(during, message, names, this.context.clock.nowMs());
    this.context.observer.failed(channel.type.name);
    this.logger.error('cannot serve a resource type', { discoveryType: channel.type.name, reason: message });
    this.context.changed();
  }
}

/** Keys never leave the process but to the proxy that may have them. */
function dumpResource(
  type: DiscoveryTypeName,
  { name, version, bytes }: EncodedResource,
): { readonly name: string; readonly version: string; readonly body?: AnyJson } {
  return type === 'sds' ? { name, version } : { name, version, body: decodeAny(bytes) };
}
