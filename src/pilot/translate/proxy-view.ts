import { canonicalJson } from '../../kernel';
import type { Proxy } from '../model';

/**
 * A key for all that translation reads of a proxy: two proxies with one key get identical resources from one model, so that
 * they can share what was encoded for either.
 */
export function proxyView(proxy: Proxy): string {
  const { type, generator, namespace, dnsDomain, locality, labels, clusterId, network, metadata } = proxy;
  return canonicalJson([
    type,
    generator ?? '',
    namespace,
    dnsDomain,
    locality,
    labels,
    clusterId,
    network ?? '',
    proxy.ip.includes(':'),
    metadata.UNPRIVILEGED_POD ?? '',
    metadata.POD_PORTS ?? '',
    proxy.type === 'sidecar' && !generator ? proxy.addresses : [],
  ]);
}
