import type { Stop } from '../kernel';
import type { ProxyStatus } from './facts/route-configured';

/** Port: the proxies that are connected to this zone's primary, and what they acknowledged. */
export interface ProxyStatusSource {
  proxies(): readonly ProxyStatus[];
  /** Where their requests to a host went of late, in per cent by `region/zone`; undefined when they reported none. */
  loadSharesOf(hostname: string): ReadonlyMap<string, number> | undefined;
  /** Tells when a proxy came, went, or acknowledged something. */
  onChange(listener: () => void): Stop;
}

/** For zones whose primary is somebody else's: nothing is known of proxies. */
export const noProxies: ProxyStatusSource = {
  proxies: () => [],
  loadSharesOf: () => undefined,
  onChange: () => () => undefined,
};
