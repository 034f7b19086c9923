import type { MeshModel, Proxy } from '../../model';
import { autoPassthroughTargets } from '../gateway/auto-passthrough';
import { grpcClusters } from '../grpc/grpc-clusters';
import { targetsOfProxy } from '../outbound-target';
import type { XdsResource } from '../xds-resource';
import { blackHoleCluster, inboundPassthroughCluster, passthroughCluster } from './builtin-clusters';
import { inboundClusters } from './inbound-clusters';
import { outboundCluster } from './outbound-cluster';

/** Every cluster of a proxy: those of the services it sees, then the built-in ones. Proxyless clients get EDS clusters only. */
export function translateClusters(model: MeshModel, proxy: Proxy): readonly XdsResource[] {
  if (proxy.generator === 'grpc') return grpcClusters(model, proxy);
  const outbound = targetsOfProxy(model, proxy)
    .map(outboundCluster)
    .filter((cluster) => cluster !== undefined);
  if (proxy.type === 'router') {
    const sniRouted = autoPassthroughTargets(model, proxy).map((target) => outboundCluster(target));
    return [...outbound, ...sniRouted.filter((cluster) => cluster !== undefined), blackHoleCluster];
  }
  return [
    ...outbound,
    blackHoleCluster,
    passthroughCluster,
    ...inboundClusters(model, proxy),
    inboundPassthroughCluster,
  ];
}
