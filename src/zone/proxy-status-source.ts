import type { Stop } from '../kernel';
import type { ProxyStatus } from './facts/route-configured';

/** Port: the proxies that are connected to this zone's primary, and what they acknowledged. */
export interface ProxyStatusSource {
  proxies(): readonly ProxyStatus[];
  /** Tells when a proxy came, went, or acknowledged something. */
  onChange(listener: () => void): Stop;
}

/** For zones whose primary is somebody else's: nothing is known of proxies. */
export const noProxies: ProxyStatusSource = { proxies: () => [], onChange: () => () => undefined };
