import ipaddr from 'ipaddr.js';
import { randomInt } from 'node:crypto';
import type { KubeObject } from '../../schema';
import { ApiError } from '../api-error';
import { describeInvalid, invalid } from '../schema';
import type { ObjectStore } from '../storage';
import type { ServiceAllocator } from './served-kind';

/** Where cluster IPs and node ports come from. */
export interface AllocationRanges {
  /** IPv4 CIDR, `10.96.0.0/16`. */
  readonly serviceCidr: string;
  readonly firstNodePort: number;
  readonly lastNodePort: number;
}

interface PortSpec {
  readonly nodePort?: number;
  readonly [field: string]: unknown;
}

interface ServiceSpec {
  readonly type?: string;
  readonly clusterIP?: string;
  readonly ports?: readonly PortSpec[];
  readonly allocateLoadBalancerNodePorts?: boolean;
  readonly selector?: object;
  readonly externalTrafficPolicy?: string;
  readonly healthCheckNodePort?: number;
  readonly ipFamilies?: readonly string[];
  readonly ipFamilyPolicy?: string;
  readonly [field: string]: unknown;
}

/** How long something stays promised to a write that has not become visible: dry runs and refused writes never do. */
const RESERVED_MS = 30_000;

/** Who has what: for good once it is stored, for a while before. */
class Takings<T> {
  private readonly taken = new Map<T, { readonly owner: string; readonly untilMs: number }>();

  constructor(private readonly nowMs: () => number) {}

  owner(value: T): string | undefined {
    const taking = this.taken.get(value);
    return taking !== undefined && taking.untilMs > this.nowMs() ? taking.owner : undefined;
  }

  take(value: T, owner: string): void {
    this.taken.set(value, { owner, untilMs: Infinity });
  }

  /** Never shortens what the owner has already. */
  reserve(value: T, owner: string): void {
    if (this.owner(value) === undefined) this.taken.set(value, { owner, untilMs: this.nowMs() + RESERVED_MS });
  }

  release(owner: string): void {
    for (const [value, taking] of this.taken) if (taking.owner === owner) this.taken.delete(value);
  }
}

/** Gives out addresses and node ports of one server. What is taken is told to it by the store's events. */
export class RangeAllocator implements ServiceAllocator {
  private readonly addresses: Takings<string>;
  private readonly ports: Takings<number>;
  private readonly base: number;
  private readonly size: number;

  constructor(
    private readonly ranges: AllocationRanges,
    nowMs: () => number,
  ) {
    const [address, bits] = ipaddr.parseCIDR(ranges.serviceCidr);
    this.base = toNumber(address.toString());
    this.size = 2 ** (32 - bits);
    this.addresses = new Takings(nowMs);
    this.ports = new Takings(nowMs);
  }

  /** The first address of the range, which belongs to `default/kubernetes`. */
  get firstAddress(): string {
    return toAddress(this.base + 1);
  }

  /** A Service became visible. */
  take(service: KubeObject): void {
    const owner = ownerOf(service);
    const { clusterIP, ports, healthCheckNodePort } = (service.spec ?? {}) as ServiceSpec;
    if (isAddress(clusterIP)) this.addresses.take(clusterIP, owner);
    if (healthCheckNodePort !== undefined) this.ports.take(healthCheckNodePort, owner);
    for (const { nodePort } of ports ?? []) if (nodePort !== undefined) this.ports.take(nodePort, owner);
  }

  /** A Service is gone, or gave something up. */
  release(service: KubeObject): void {
    const owner = ownerOf(service);
    this.addresses.release(owner);
    this.ports.release(owner);
  }

  allocate(service: KubeObject, previous?: KubeObject): KubeObject {
    const spec = (service.spec ?? {}) as ServiceSpec;
    const before = (previous?.spec ?? {}) as ServiceSpec;
    const owner = ownerOf(service);
    // An address that came with an external name is for validation to refuse.
    if (spec.type === 'ExternalName') return service;
    this.checkFamilies(service, spec);
    const clusterIP = this.addressFor(service, spec, before, owner);
    const ports = this.wantsNodePorts(spec) ? this.portsFor(service, spec, before, owner) : (spec.ports ?? []);
    return {
      ...service,
      spec: {
        ...spec,
        ...(spec.ports === undefined ? {} : { ports }),
        clusterIP,
        clusterIPs: [clusterIP],
        ...(isEndless(spec) ? ANY_FAMILY : ONE_FAMILY),
        ...(spec.ipFamilies === undefined ? {} : { ipFamilies: spec.ipFamilies }),
        ...(spec.ipFamilyPolicy === undefined ? {} : { ipFamilyPolicy: spec.ipFamilyPolicy }),
        ...this.healthPortFor(service, spec, before, owner),
      },
    };
  }

  /** Only IPv4 is served here; a headless Service without selector promises nothing and may name both families. */
  private checkFamilies(service: KubeObject, spec: ServiceSpec): void {
    if (isEndless(spec)) return;
    const index = (spec.ipFamilies ?? []).indexOf('IPv6');
    if (index >= 0) throw refusal(service, `spec.ipFamilies[${index}]`, 'IPv6', 'not configured on this cluster');
    const { ipFamilyPolicy: policy } = spec;
    if (policy === 'RequireDualStack')
      throw refusal(service, 'spec.ipFamilyPolicy', policy, 'this cluster is not configured for dual-stack services');
  }

  /** Load balancers ask a node at this port whether it has endpoints of its own. */
  private healthPortFor(service: KubeObject, spec: ServiceSpec, before: ServiceSpec, owner: string): object {
    if (spec.type !== 'LoadBalancer' || spec.externalTrafficPolicy !== 'Local') return {};
    const port = spec.healthCheckNodePort || before.healthCheckNodePort || this.freePort();
    this.reservePort(service, 'spec.healthCheckNodePort', port, owner);
    return { healthCheckNodePort: port };
  }

  private reservePort(service: KubeObject, field: string, port: number, owner: string): void {
    const { firstNodePort, lastNodePort } = this.ranges;
    const range = `The range of valid ports is ${firstNodePort}-${lastNodePort}`;
    if (port < firstNodePort || port > lastNodePort)
      throw refusal(service, field, port, `provided port is not in the valid range. ${range}`);
    if ((this.ports.owner(port) ?? owner) !== owner)
      throw refusal(service, field, port, 'provided port is already allocated');
    this.ports.reserve(port, owner);
  }

  private wantsNodePorts({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean {
    return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
  }

  private addressFor(service: KubeObject, spec: ServiceSpec, before: ServiceSpec, owner: string): string {
    const wanted = spec.clusterIP || before.clusterIP;
    if (wanted === 'None') return wanted;
    if (isAddress(before.clusterIP) && wanted !== before.clusterIP) {
      throw refusal(service, 'spec.clusterIPs[0]', [wanted], 'may not change once set');
    }
    if (isAddress(wanted)) {
      this.checkInRange(service, wanted);
      if ((this.addresses.owner(wanted) ?? owner) !== owner) {
        throw refusal(service, 'spec.clusterIPs', [wanted], 'failed to allocate IP: provided IP is already allocated');
      }
      this.addresses.reserve(wanted, owner);
      return wanted;
    }
    return this.freeAddress(owner);
  }

  private checkInRange(service: KubeObject, address: string): void {
    if (!ipaddr.isValid(address)) return;
    const [range, bits] = ipaddr.parseCIDR(this.ranges.serviceCidr);
    const parsed = ipaddr.parse(address);
    if (parsed.kind() === range.kind() && parsed.match(range, bits)) return;
    const why = `failed to allocate IP ${address}: the provided network does not match the current range`;
    throw refusal(service, 'spec.clusterIPs', [address], why);
  }

  private freeAddress(owner: string): string {
    const start = randomInt(this.size);
    for (let step = 0; step < this.size; step += 1) {
      const offset = (start + step) % this.size;
      // The network's own address, its first (default/kubernetes) and its last one are not given out.
      if (offset < 2 || offset === this.size - 1) continue;
      const address = toAddress(this.base + offset);
      if (this.addresses.owner(address) !== undefined) continue;
      this.addresses.reserve(address, owner);
      return address;
    }
    throw new ApiError('InternalError', `failed to allocate a serviceIP: range ${this.ranges.serviceCidr} is full`);
  }

  private portsFor(service: KubeObject, spec: ServiceSpec, before: ServiceSpec, owner: string): readonly PortSpec[] {
    return (spec.ports ?? []).map((port, index) => {
      const nodePort = port.nodePort || before.ports?.[index]?.nodePort || this.freePort();
      this.reservePort(service, `spec.ports[${index}].nodePort`, nodePort, owner);
      return { ...port, nodePort };
    });
  }

  private freePort(): number {
    const { firstNodePort, lastNodePort } = this.ranges;
    const size = lastNodePort - firstNodePort + 1;
    const start = randomInt(size);
    for (let step = 0; step < size; step += 1) {
      const port = firstNodePort + ((start + step) % size);
      if (this.ports.owner(port) === undefined) return port;
    }
    throw new ApiError(
      'InternalError',
      `failed to allocate a nodePort: range ${firstNodePort}-${lastNodePort} is full`,
    );
  }
}

function ownerOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function isAddress(clusterIP: string | undefined): clusterIP is string {
  return clusterIP !== undefined && clusterIP !== '' && clusterIP !== 'None';
}

const ONE_FAMILY = { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
const ANY_FAMILY = { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' };

/** Headless and without selector: somebody else writes its endpoints, of whatever family. */
function isEndless({ clusterIP, selector }: ServiceSpec): boolean {
  return clusterIP === 'None' && Object.keys(selector ?? {}).length === 0;
}

function refusal(service: KubeObject, field: string, value: unknown, why: string): ApiError {
  const subject = { group: '', kind: 'Service', name: service.metadata.name };
  const { message, details } = describeInvalid(subject, [invalid(field, value, why)]);
  return new ApiError('Invalid', message, details);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** Keeps an allocator as the stored Services have it. @returns stops following */
export function followServices(store: ObjectStore, allocator: RangeAllocator): () => void {
  const table = store.table('services');
  for (const stored of table.list().objects) allocator.take(stored.parse());
  return table.subscribe(({ type, object }) => {
    const service = object.parse();
    allocator.release(service);
    if (type !== 'DELETED') allocator.take(service);
  });
}
