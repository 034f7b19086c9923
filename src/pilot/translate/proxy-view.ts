import { canonicalJson } from '../../kernel';
import { type MeshModel, type Proxy, workloadOfProxy } from '../model';

/**
 * A key for all that translation reads of a proxy and of its Pod: two proxies with one key get identical resources from one
 * model, so that they can share what was encoded for either.
 */
export function proxyView(model: MeshModel, proxy: Proxy): string {
  const { type, generator, namespace, dnsDomain, locality, labels, clusterId, network, metadata } = proxy;
  const pod = workloadOfProxy(model, proxy);
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
    metadata.INTERCEPTION_MODE ?? '',
    metadata.POD_PORTS ?? '',
    pod?.ports ?? {},
    pod?.endpoint.locality ?? {},
    proxy.type === 'sidecar' && !generator ? proxy.addresses : [],
  ]);
}
