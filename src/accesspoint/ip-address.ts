import { IPv6 } from 'ipaddr.js';

const IPV4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;

/** Whether a text is an IPv4 or IPv6 address as Kubernetes writes them: four decimals, or colons; no short forms, no zone of an interface. */
export function isIpAddress(text: string): boolean {
  return IPV4.test(text) || (text.includes(':') && !text.includes('%') && IPv6.isValid(text));
}
