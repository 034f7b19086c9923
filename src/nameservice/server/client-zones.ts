import ipaddr from 'ipaddr.js';

/** One network of clients and the zone that they are in. */
export interface ClientNetwork {
  /** CIDR, IPv4 or IPv6. */
  readonly cidr: string;
  readonly zone: string;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** How many addresses are remembered; then all are forgotten, which costs no more than finding them again. */
const REMEMBERED_LIMIT = 65536;

/** Finds a client's zone by the longest network that holds its address, else the default. What is no CIDR holds nobody. */
export class ClientZones {
  private readonly networks: readonly { readonly range: [Address, number]; readonly zone: string }[];
  private readonly remembered = new Map<string, string | undefined>();

  constructor(
    networks: readonly ClientNetwork[],
    private readonly defaultZone: string | undefined,
  ) {
    this.networks = networks
      .filter(({ cidr }) => ipaddr.isValidCIDR(cidr))
      .map(({ cidr, zone }) => ({ range: ipaddr.parseCIDR(cidr), zone }))
      .sort((left, right) => right.range[1] - left.range[1]);
  }

  zoneOf(address: string): string | undefined {
    if (this.networks.length === 0) return this.defaultZone;
    if (this.remembered.has(address)) return this.remembered.get(address);
    const zone = this.find(address);
    if (this.remembered.size >= REMEMBERED_LIMIT) this.remembered.clear();
    this.remembered.set(address, zone);
    return zone;
  }

  private find(address: string): string | undefined {
    if (!ipaddr.isValid(address)) return this.defaultZone;
    const parsed = ipaddr.process(address);
    return this.networks.find(({ range }) => contains(parsed, range))?.zone ?? this.defaultZone;
  }
}

function contains(address: Address, [network, bits]: [Address, number]): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}
