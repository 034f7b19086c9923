import { IPv4, IPv6 } from 'ipaddr.js';
import { CelError, CelOpaque } from './cel-value';
import { declare, type Overload } from './overload';

type Address = IPv4 | IPv6;

/** An address and how many leading bits of it name the network. */
interface Network {
  readonly address: Address;
  readonly bits: number;
}

const IP = 'kubernetes.IP';
const CIDR = 'kubernetes.CIDR';
const URL_TYPE = 'kubernetes.URL';

function readAddress(text: string): Address | string {
  const problem = (reason: string): string =>
    `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): ${reason}`;
  if (text.includes('%')) return `IP address ${JSON.stringify(text)} with zone value is not allowed`;
  if (text.includes(':')) {
    if (!IPv6.isValid(text)) return problem('unexpected character');
    const parsed = IPv6.parse(text);
    return parsed.isIPv4MappedAddress() ? `IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed` : parsed;
  }
  const strict = IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text);
  return strict ? IPv4.parse(text) : problem('unable to parse IP');
}

function address(text: string): Address {
  const parsed = readAddress(text);
  if (typeof parsed === 'string') throw new CelError(parsed);
  return parsed;
}

function ipValue(parsed: Address): CelOpaque<Address> {
  return new CelOpaque(IP, parsed, parsed.toString());
}

function readNetwork(text: string): Network | string {
  const [host = '', length, ...rest] = text.split('/');
  const parsed = readAddress(host);
  const bits = Number(length);
  const limit = typeof parsed !== 'string' && parsed.kind() === 'ipv6' ? 128 : 32;
  const plain = length !== undefined && rest.length === 0 && /^(0|[1-9]\d*)$/.test(length) && bits <= limit;
  if (typeof parsed === 'string' && /not allowed$/.test(parsed)) return parsed;
  if (typeof parsed === 'string' || !plain) {
    return `network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): invalid`;
  }
  return { address: parsed, bits };
}

function cidrValue(network: Network): CelOpaque<Network> {
  return new CelOpaque(CIDR, network, `${network.address.toString()}/${network.bits}`);
}

function network(text: string): Network {
  const parsed = readNetwork(text);
  if (typeof parsed === 'string') throw new CelError(parsed);
  return parsed;
}

function containsAddress(outer: Network, inner: Address): boolean {
  if (outer.address.kind() !== inner.kind()) return false;
  return inner instanceof IPv4 && outer.address instanceof IPv4
    ? inner.match(outer.address, outer.bits)
    : inner instanceof IPv6 && outer.address instanceof IPv6 && inner.match(outer.address, outer.bits);
}

function containsNetwork(outer: Network, inner: Network): boolean {
  return outer.bits <= inner.bits && containsAddress(outer, inner.address);
}

function masked({ address: parsed, bits }: Network): Network {
  const bytes = parsed
    .toByteArray()
    .map((value, index) => value & (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))));
  return { address: parsed instanceof IPv4 ? new IPv4(bytes) : new IPv6(bytes), bits };
}

const inRange = (parsed: Address, ...ranges: readonly string[]): boolean => ranges.includes(parsed.range());

function isLinkLocalMulticast(parsed: Address): boolean {
  const bytes = parsed.toByteArray();
  return parsed instanceof IPv4
    ? bytes[0] === 224 && bytes[1] === 0 && bytes[2] === 0
    : bytes[0] === 0xff && ((bytes[1] ?? 0) & 0x0f) === 2;
}

type IpValue = CelOpaque<Address>;
type CidrValue = CelOpaque<Network>;

const addressFunctions = [
  declare('ip(string): IP', (text: string) => ipValue(address(text))),
  declare('isIP(string): bool', (text: string) => typeof readAddress(text) !== 'string'),
  declare('ip.isCanonical(string): bool', (text: string) => address(text).toString() === text),
  declare('string(IP): string', ({ text }: IpValue) => text),
  declare('IP.family(): int', ({ content }: IpValue) => (content.kind() === 'ipv6' ? 6n : 4n)),
  declare('IP.isUnspecified(): bool', ({ content }: IpValue) => content.toByteArray().every((byte) => byte === 0)),
  declare('IP.isLoopback(): bool', ({ content }: IpValue) => inRange(content, 'loopback')),
  declare('IP.isLinkLocalMulticast(): bool', ({ content }: IpValue) => isLinkLocalMulticast(content)),
  declare('IP.isLinkLocalUnicast(): bool', ({ content }: IpValue) => inRange(content, 'linkLocal')),
  declare(
    'IP.isGlobalUnicast(): bool',
    ({ content }: IpValue) => !inRange(content, 'unspecified', 'loopback', 'multicast', 'linkLocal', 'broadcast'),
  ),
];

const networkRanges = [
  declare('cidr(string): CIDR', (text: string) => cidrValue(network(text))),
  declare('isCIDR(string): bool', (text: string) => typeof readNetwork(text) !== 'string'),
  declare('string(CIDR): string', ({ text }: CidrValue) => text),
  declare('CIDR.containsIP(string): bool', ({ content }: CidrValue, text: string) =>
    containsAddress(content, address(text)),
  ),
  declare('CIDR.containsIP(IP): bool', ({ content }: CidrValue, inner: IpValue) =>
    containsAddress(content, inner.content),
  ),
  declare('CIDR.containsCIDR(string): bool', ({ content }: CidrValue, text: string) =>
    containsNetwork(content, network(text)),
  ),
  declare('CIDR.containsCIDR(CIDR): bool', ({ content }: CidrValue, inner: CidrValue) =>
    containsNetwork(content, inner.content),
  ),
  declare('CIDR.ip(): IP', ({ content }: CidrValue) => ipValue(content.address)),
  declare('CIDR.prefixLength(): int', ({ content }: CidrValue) => BigInt(content.bits)),
  declare('CIDR.masked(): CIDR', ({ content }: CidrValue) => cidrValue(masked(content))),
];

/** An absolute URL, or an absolute path, in its parts. */
interface UrlParts {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

const URL_SYNTAX = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/s;

function readUrl(text: string): UrlParts | undefined {
  const [, scheme = '', authority, path = '', query = ''] = URL_SYNTAX.exec(text) ?? [];
  if (/[\u0000-\u0020\u007f]/.test(text) || /%(?![0-9A-Fa-f]{2})/.test(path)) return undefined;
  if (scheme === '' && !path.startsWith('/')) return undefined;
  const host = (authority ?? '').replace(/^.*@/s, '');
  const valid = /^(\[[0-9A-Fa-f:.%a-z]+\]|[^:[\]<>"\\^`{|}]*)(:\d*)?$/.test(host);
  return valid ? { scheme: scheme.toLowerCase(), host, path, query } : undefined;
}

function url(text: string): CelOpaque<UrlParts> {
  const parts = readUrl(text);
  if (parts === undefined) {
    throw new CelError(
      `URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`,
    );
  }
  return new CelOpaque(URL_TYPE, parts, text);
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
};

function queryOf({ query }: UrlParts): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const part of query.split('&').filter((one) => one !== '' && !one.includes(';'))) {
    const [key = '', ...value] = part.split('=');
    values.set(decode(key), [...(values.get(decode(key)) ?? []), decode(value.join('='))]);
  }
  return values;
}

const hostname = (host: string): string => host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');

type UrlValue = CelOpaque<UrlParts>;

const urlFunctions = [
  declare('url(string): URL', url),
  declare('isURL(string): bool', (text: string) => readUrl(text) !== undefined),
  declare('URL.getScheme(): string', ({ content }: UrlValue) => content.scheme),
  declare('URL.getHost(): string', ({ content }: UrlValue) => content.host),
  declare('URL.getHostname(): string', ({ content }: UrlValue) => hostname(content.host)),
  declare('URL.getPort(): string', ({ content }: UrlValue) => /:(\d+)$/.exec(content.host)?.[1] ?? ''),
  declare('URL.getEscapedPath(): string', ({ content }: UrlValue) => encodeURI(decodeURI(content.path))),
  declare('URL.getQuery(): map<string, list<string>>', ({ content }: UrlValue) => queryOf(content)),
];

/** Kubernetes' URL, IP and CIDR libraries. */
export const networkFunctions: readonly Overload[] = [...addressFunctions, ...networkRanges, ...urlFunctions];
