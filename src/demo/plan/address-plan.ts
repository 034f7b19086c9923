/**
 * Which loopback addresses the parts of one zone use. All of a zone lies in one /16 of 127.0.0.0/8, so that an address
 * tells the zone: that is what makes zone crossings countable.
 */
export interface ZoneAddresses {
  /** First two octets, `127.11`. */
  readonly prefix: string;
  /** Where the primary serves xDS and debug. */
  readonly primary: string;
  /** Source address of the demo client, and where it is told to send load. */
  readonly client: string;
  /** The gateway pod's address: Envoy answers, and speaks to upstreams, from here. */
  readonly gateway: string;
}

/** Blocks that a fleet may take: each is the second octet before the first zone's. */
export const addressBlocks: readonly number[] = Array.from({ length: 10 }, (_, position) => 10 + position * 24);

/** The addresses of zone number `index` (1-based) of a fleet on `block`. */
export function zoneAddresses(block: number, index: number): ZoneAddresses {
  const prefix = `127.${block + index}`;
  return { prefix, primary: `${prefix}.2.1`, client: `${prefix}.3.1`, gateway: `${prefix}.4.1` };
}

/** First three octets of the pods' addresses in a zone's workload or gateway cluster. */
export function podRange({ prefix }: Pick<ZoneAddresses, 'prefix'>, role: 'Gateway' | 'Workload'): string {
  return role === 'Workload' ? `${prefix}.0` : `${prefix}.7`;
}

/** First three octets of the load-balancer addresses of a zone's workload cluster (app tier) or gateway cluster (web tier). */
export function vipRange({ prefix }: Pick<ZoneAddresses, 'prefix'>, role: 'Gateway' | 'Workload'): string {
  return role === 'Workload' ? `${prefix}.1` : `${prefix}.6`;
}

/** The lowest free address of a /24 given by its first three octets; undefined when all 254 are taken. */
export function firstFreeAddress(range: string, taken: ReadonlySet<string>): string | undefined {
  for (let last = 1; last <= 254; last += 1) {
    const address = `${range}.${last}`;
    if (!taken.has(address)) return address;
  }
  return undefined;
}
