import { IPv4, IPv6, parse } from 'ipaddr.js';
import { FlotillaError } from '../../kernel';

/** Consecutive addresses of one family, both ends included, as numbers. */
export interface AddressRange {
  readonly family: 'ipv4' | 'ipv6';
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Reads `10.1.0.0/24`, `10.1.0.10-10.1.0.99` or one address. Of an IPv4 network with more than two addresses the first and the last are left out: they name
 * the network and its broadcast.
 * @throws FlotillaError FLO3040 when it is none of these
 */
export function parseRange(text: string): AddressRange {
  const [from = '', to] = text.split('-');
  if (to !== undefined) return between(addressOf(from, text), addressOf(to, text), text);
  const [network = '', prefix] = text.split('/');
  const address = addressOf(network, text);
  if (prefix === undefined) return { family: address.family, first: address.value, last: address.value };
  return networkRange(address, Number(prefix), text);
}

/** The text of a number in a range's family. */
export function formatAddress(value: bigint, family: AddressRange['family']): string {
  const bytes: number[] = [];
  for (let rest = value, left = family === 'ipv4' ? 4 : 16; left > 0; left -= 1, rest >>= 8n)
    bytes.unshift(Number(rest & 255n));
  return family === 'ipv4' ? new IPv4(bytes).toString() : new IPv6(bytes).toRFC5952String();
}

/** The number of an address, and its family. @throws FlotillaError FLO3040 */
export function addressOf(
  address: string,
  inText = address,
): { readonly family: AddressRange['family']; readonly value: bigint } {
  if (!IPv4.isValidFourPartDecimal(address) && !IPv6.isValid(address))
    throw unreadable(inText, `"${address}" is no address`);
  const parsed = parse(address);
  const value = parsed.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family: parsed.kind(), value };
}

type Address = ReturnType<typeof addressOf>;

function between(from: Address, to: Address, text: string): AddressRange {
  if (from.family !== to.family) throw unreadable(text, 'its ends are of two families');
  if (from.value > to.value) throw unreadable(text, 'it ends before it begins');
  return { family: from.family, first: from.value, last: to.value };
}

function networkRange({ family, value }: Address, prefix: number, text: string): AddressRange {
  const bits = family === 'ipv4' ? 32 : 128;
  if (!Number.isInteger(prefix) || prefix > bits) throw unreadable(text, `a prefix is at most ${bits}`);
  const size = 1n << BigInt(bits - prefix);
  const first = value - (value % size);
  const last = first + size - 1n;
  return family === 'ipv4' && size > 2n ? { family, first: first + 1n, last: last - 1n } : { family, first, last };
}

function unreadable(text: string, why: string): FlotillaError {
  return new FlotillaError(`cannot read the address range "${text}": ${why}`, {
    code: 'FLO3040',
    retry: 'after-change',
    hint: 'write for example 10.1.0.0/24, 10.1.0.10-10.1.0.99 or 2001:db8::/64',
  });
}
