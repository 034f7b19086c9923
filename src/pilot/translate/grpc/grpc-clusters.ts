import type { MeshModel, Proxy } from '../../model';
import type { Cluster } from '../../proto';
import { outlierFields } from '../cluster/outlier-detection';
import { ADS_SOURCE } from '../config-source';
import { clusterNameOf, findTarget, type OutboundTarget, targetsOfProxy } from '../outbound-target';
import { resource, type XdsResource } from '../xds-resource';

/** Clusters of a proxyless client: of these names, or of all that it sees. */
export function grpcClusters(model: MeshModel, proxy: Proxy, names?: readonly string[]): readonly XdsResource[] {
  const targets = names
    ? names.map((name) => findTarget(model, proxy, name)).filter((target) => target !== undefined)
    : targetsOfProxy(model, proxy);
  return targets.map(grpcCluster);
}

/**
 * What a gRPC client accepts of a cluster: endpoints by EDS, round robin or a ring (LEAST_REQUEST makes it refuse the whole
 * response), outlier detection (gRFC A50), the limit on requests in flight (A32), and where to report the load (A27).
 */
function grpcCluster(target: OutboundTarget): XdsResource {
  const name = clusterNameOf(target);
  const { loadBalancer, outlierDetection, connectionPool } = target.policy;
  const maxRequests = connectionPool?.http?.http2MaxRequests;
  const body: Cluster = {
    name,
    type: 'EDS',
    edsClusterConfig: { edsConfig: ADS_SOURCE, serviceName: name },
    ...ring(loadBalancer?.consistentHash !== undefined, loadBalancer?.consistentHash?.ringHash?.minimumRingSize),
    outlierDetection: outlierFields(outlierDetection),
    circuitBreakers: maxRequests ? { thresholds: [{ maxRequests }] } : undefined,
    lrsServer: { self: {} },
  };
  return resource('envoy.config.cluster.v3.Cluster', name, body);
}

/** Clients refuse rings above 8 MiB entries and cap what they build themselves (gRFC A42). */
function ring(hashed: boolean, minimumRingSize: number | undefined): Partial<Cluster> {
  if (!hashed) return { lbPolicy: 'ROUND_ROBIN' };
  return { lbPolicy: 'RING_HASH', ringHashLbConfig: { minimumRingSize: String(minimumRingSize ?? 1024) } };
}
