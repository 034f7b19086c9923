import type { Proxy } from '../../model';

/** The address that stands for all of a proxy's addresses, of its own kind. */
export function wildcardAddress({ ip }: Proxy): string {
  return ip.includes(':') ? '::' : '0.0.0.0';
}

/** The proxy's own machine, seen from itself. */
export function loopbackAddress({ ip }: Proxy): string {
  return ip.includes(':') ? '::1' : '127.0.0.1';
}
