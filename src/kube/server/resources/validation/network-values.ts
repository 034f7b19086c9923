import ipaddr from 'ipaddr.js';
import { type FieldError, invalid } from '../../schema';

const NOT_AN_ADDRESS = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

/** A text that must be an IP address, in one of the two forms that everybody reads alike. */
export function addressErrors(address: string, field: string): readonly FieldError[] {
  return isAddress(address) ? [] : [invalid(field, address, NOT_AN_ADDRESS)];
}

/** Whether a text is an IPv4 address in four parts or an IPv6 address. */
export function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

/** An address that one machine could not reach on another: nowhere, itself, or its own link. */
export function unreachableErrors(address: string, field: string): readonly FieldError[] {
  const detail = UNREACHABLE[ipaddr.parse(address).range()];
  return detail === undefined ? [] : [invalid(field, address, detail)];
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  unspecified: 'may not be unspecified (0.0.0.0 or ::)',
  loopback: 'may not be in the loopback range (127.0.0.0/8, ::1/128)',
  linkLocal: 'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
};

/** A text that must be a range of addresses. */
export function cidrErrors(text: string, field: string): readonly FieldError[] {
  const [address = '', bits] = text.split('/');
  if (bits !== undefined && isAddress(address) && ipaddr.isValidCIDR(text)) return [];
  return [invalid(field, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')];
}

/** A number that must be a port. */
export function portErrors(port: number | undefined, field: string): readonly FieldError[] {
  const value = port ?? 0;
  return value >= 1 && value <= 65_535 ? [] : [invalid(field, value, 'must be between 1 and 65535, inclusive')];
}

/** A name of a port as IANA registers them (RFC 6335): containers and target ports have such. */
export function portNameErrors(name: string, field: string): readonly FieldError[] {
  const problems: readonly (readonly [broken: boolean, detail: string])[] = [
    [name.length > 15, 'must be no more than 15 characters'],
    [!/^[-a-z0-9]+$/.test(name), 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'],
    [!/[a-z]/.test(name), 'must contain at least one letter (a-z)'],
    [name.includes('--'), 'must not contain consecutive hyphens'],
    [name.startsWith('-') || name.endsWith('-'), 'must not begin or end with a hyphen'],
  ];
  return problems.flatMap(([broken, detail]) => (broken ? [invalid(field, name, detail)] : []));
}

/** A port by number or by name. */
export function portOrNameErrors(port: number | string | undefined, field: string): readonly FieldError[] {
  return typeof port === 'string' ? portNameErrors(port, field) : portErrors(port, field);
}
