import { isIPv4, isIPv6 } from 'node:net';

/** Whether a text is an IPv4 or IPv6 address as Kubernetes writes them: four decimals, or colons; no short forms, no zone of an interface. */
export function isIpAddress(text: string): boolean {
  return isIPv4(text) || (isIPv6(text) && !text.includes('%'));
}
