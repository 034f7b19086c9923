import type { Cluster } from '../../proto';
import type { OutboundTarget } from '../outbound-target';

/** How Envoy learns a cluster's hosts. */
export type DiscoveryType = NonNullable<Cluster['type']>;

/** The discovery type of a target (Istio's ServiceEntry.Resolution and Kubernetes' kinds of Services). */
export function discoveryType({ proxy, service, policy }: OutboundTarget): DiscoveryType {
  if (proxy.generator === 'grpc') return 'EDS';
  if (policy.loadBalancer?.simple === 'PASSTHROUGH') return 'ORIGINAL_DST';
  switch (service.resolution) {
    case 'Dns':
    case 'Alias':
      return 'STRICT_DNS';
    case 'DnsRoundRobin':
      return 'LOGICAL_DNS';
    case 'Passthrough':
      // A gateway has no original destination to go to.
      return proxy.type === 'router' ? 'EDS' : 'ORIGINAL_DST';
    default:
      return 'EDS';
  }
}
