import type { Proxy } from '../../model';
import { anyOf, type Cluster } from '../../proto';

const RESOLVER = 'envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig';

/** How a cluster resolves the names of its endpoints. */
export function dnsFields({ ip }: Proxy): Partial<Cluster> {
  return {
    dnsRefreshRate: '60s',
    dnsJitter: '0.100s',
    respectDnsTtl: true,
    dnsLookupFamily: ip.includes(':') ? 'V6_ONLY' : 'V4_ONLY',
    typedDnsResolverConfig: {
      name: 'envoy.network.dns_resolver.cares',
      typedConfig: anyOf(RESOLVER, { udpMaxQueries: 100 }),
    },
  };
}
