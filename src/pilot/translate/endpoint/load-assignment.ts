import { type Endpoint, labelsMatch, modeOfPort } from '../../model';
import type { ClusterLoadAssignment, LbEndpoint, LocalityLbEndpoints } from '../../proto';
import { clusterNameOf, type OutboundTarget } from '../outbound-target';
import { arrangeLocalities } from './arrange-localities';
import { groupByLocality, type LocalityGroup } from './locality-group';

/**
 * With this factor (per cent) Envoy leaves a priority only when it has no healthy host left, and a locality keeps its weight
 * as long as one of its hosts is healthy: the order of failover holds in every state.
 */
const STRICT_OVERPROVISIONING = 100000;

/** The endpoints of a target by locality, weighted and in priorities for the proxy that asks. */
export function loadAssignmentOf(target: OutboundTarget): ClusterLoadAssignment {
  const { groups, strictOrder } = arrangeLocalities(target, groupByLocality(endpointsOf(target)));
  return {
    clusterName: clusterNameOf(target),
    endpoints: groups.length > 0 ? entries(groups, target) : undefined,
    policy: strictOrder ? { overprovisioningFactor: STRICT_OVERPROVISIONING } : undefined,
  };
}

/** Endpoints of the port that the subset picks and that can stand in an assignment. */
function endpointsOf({ service, port, subset }: OutboundTarget): readonly Endpoint[] {
  const resolved = service.resolution === 'Dns' || service.resolution === 'DnsRoundRobin';
  const labels = subset?.labels;
  return (service.endpoints.get(port.port) ?? []).filter(
    (endpoint) => (!labels || labelsMatch(labels, endpoint.labels)) && (resolved || isAddress(endpoint.address)),
  );
}

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** EDS takes no host names: what is not an IP address or a unix path is left out, as in Istio. */
function isAddress(address: string): boolean {
  return IPV4.test(address) || address.includes(':');
}

/** Envoys get the entries of localities whose endpoints were dropped, empty, as istiod sends them; gRPC clients only live ones. */
function entries(groups: readonly LocalityGroup[], target: OutboundTarget): readonly LocalityLbEndpoints[] {
  const sent = target.proxy.generator === 'grpc' ? groups.filter(({ endpoints }) => endpoints.length > 0) : groups;
  return sent.map((group) => localityEntry(group, target));
}

function localityEntry(
  { locality: { region, zone, subzone }, endpoints, weight, priority }: LocalityGroup,
  target: OutboundTarget,
): LocalityLbEndpoints {
  const served = target.sniRouted ? endpoints.filter((endpoint) => takesMeshTls(endpoint, target)) : endpoints;
  return {
    locality: { region: region || undefined, zone: zone || undefined, subZone: subzone || undefined },
    lbEndpoints: served.length > 0 ? served.map((endpoint) => lbEndpoint(endpoint, target)) : undefined,
    loadBalancingWeight: served.length > 0 || endpoints.length === 0 ? weight : undefined,
    priority: priority || undefined,
  };
}

function lbEndpoint(endpoint: Endpoint, target: OutboundTarget): LbEndpoint {
  const { address, port, health, weight } = endpoint;
  return {
    endpoint: {
      address: address.startsWith('unix://')
        ? { pipe: { path: address.slice('unix://'.length) } }
        : { socketAddress: { address, portValue: port } },
    },
    healthStatus: health === 'HEALTHY' ? health : undefined,
    metadata: takesMeshTls(endpoint, target)
      ? { filterMetadata: { 'envoy.transport_socket_match': { tlsMode: 'istio' } } }
      : undefined,
    loadBalancingWeight: weight,
  };
}

/** Mesh TLS goes to workloads that can take it, unless the caller's rule or the workload's own policy says otherwise. */
function takesMeshTls({ tlsMode, namespace, labels, port }: Endpoint, target: OutboundTarget): boolean {
  if (tlsMode !== 'istio') return false;
  const { tls } = target.policy;
  if (tls) return tls.mode === 'ISTIO_MUTUAL';
  return modeOfPort(target.model.peerAuthentications.ofWorkload(namespace, labels), port) !== 'DISABLE';
}
