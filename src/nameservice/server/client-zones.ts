import ipaddr from 'ipaddr.js';

/** One network of clients and the zone that they are in. */
export interface ClientNetwork {
  /** CIDR, IPv4 or IPv6. */
  readonly cidr: string;
  readonly zone: string;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Finds a client's zone by the longest network that holds its address, else the default. */
export class ClientZones {
  private readonly networks: readonly { readonly range: [Address, number]; readonly zone: string }[];

  /** @throws Error when a network is no CIDR; callers parse configuration with it once, at start. */
  constructor(
    networks: readonly ClientNetwork[],
    private readonly defaultZone: string | undefined,
  ) {
    this.networks = networks
      .map(({ cidr, zone }) => ({ range: ipaddr.parseCIDR(cidr), zone }))
      .sort((left, right) => right.range[1] - left.range[1]);
  }

  zoneOf(address: string): string | undefined {
    if (!ipaddr.isValid(address)) return this.defaultZone;
    const parsed = ipaddr.process(address);
    return this.networks.find(({ range }) => contains(parsed, range))?.zone ?? this.defaultZone;
  }
}

function contains(address: Address, [network, bits]: [Address, number]): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}
