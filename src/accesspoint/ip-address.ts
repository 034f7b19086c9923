import { IPv4, IPv6 } from 'ipaddr.js';

/** Whether a text is an IPv4 or IPv6 address as Kubernetes writes them: four decimals, or colons; no short forms. */
export function isIpAddress(text: string): boolean {
  return IPv4.isValidFourPartDecimal(text) || IPv6.isValid(text);
}
