import type { ZoneName } from '../../kernel';

/** Tells the zone of a loopback address; undefined for one outside the fleet, such as 127.0.0.1. */
export type ZoneOfAddress = (address: string) => ZoneName | undefined;

/** A lookup over the zones' address prefixes (`127.11`). */
export function zoneLookup(zones: readonly { readonly prefix: string; readonly name: ZoneName }[]): ZoneOfAddress {
  const byPrefix = new Map(zones.map(({ prefix, name }) => [prefix, name]));
  return (address) => {
    const [first, second] = address.replace(/^::ffff:/, '').split('.');
    return byPrefix.get(`${first}.${second}`);
  };
}

/** What an application knows about the way of one request, each from a different witness. */
export interface RequestWitnesses {
  /** Zone that the client says it is in. */
  readonly origin: string | undefined;
  /** `x-forwarded-for` as gateways wrote it: the peer address that each gateway saw, first gateway first. */
  readonly forwardedFor: string | undefined;
  /** Peer addresses of the TCP connection, the load balancers it went through included, client side first. */
  readonly connection: readonly string[];
  /** Zone of the application that answers. */
  readonly destination: string;
}

/** The zones that a request was in, in order, without repetition of neighbours. Unknown addresses say nothing and are left out. */
export function pathOf(witnesses: RequestWitnesses, zoneOf: ZoneOfAddress): readonly string[] {
  const addresses = [...(witnesses.forwardedFor ?? '').split(','), ...witnesses.connection];
  const seen = addresses.map((address) => zoneOf(address.trim())).filter((zone) => zone !== undefined);
  const all = [...(witnesses.origin ? [witnesses.origin] : []), ...seen, witnesses.destination];
  return all.filter((zone, position) => position === 0 || zone !== all[position - 1]);
}

/** How often a path goes from one zone to another. */
export function crossingsOf(path: readonly string[]): number {
  return Math.max(0, path.length - 1);
}
