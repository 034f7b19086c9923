import type { Proxy } from '../../model';

/** The address that stands for all of a proxy's addresses, of its own kind. */
export function wildcardAddress({ ip }: Proxy): string {
  return ip.includes(':') ? '::' : '0.0.0.0';
}
