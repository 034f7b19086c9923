import { type Endpoint, labelsMatch, modeOfPort } from '../../model';
import type { ClusterLoadAssignment, LbEndpoint, LocalityLbEndpoints } from '../../proto';
import { clusterNameOf, type OutboundTarget } from '../outbound-target';
import { arrangeLocalities } from './arrange-localities';
import { groupByLocality, type LocalityGroup, splitByMember } from './locality-group';

/**
 * With this factor (per cent) Envoy leaves a priority only when it has no healthy host left, and a locality keeps its weight
 * as long as one of its hosts is healthy: the order of failover holds in every state.
 */
const STRICT_OVERPROVISIONING = 100000;

/** The endpoints of a target by locality, weighted and in priorities for the proxy that asks. */
export function loadAssignmentOf(target: OutboundTarget): ClusterLoadAssignment {
  const byLocality = groupByLocality(endpointsOf(target));
  const divided = target.proxy.generator === 'grpc' ? splitByMember(byLocality) : byLocality;
  const { groups, strictOrder } = arrangeLocalities(target, divided);
  return {
    clusterName: clusterNameOf(target),
    endpoints: groups.length > 0 ? entries(groups, target) : undefined,
    policy: strictOrder ? { overprovisioningFactor: STRICT_OVERPROVISIONING } : undefined,
  };
}

/** Endpoints of the port that the subset picks and that can stand in an assignment. */
function endpointsOf({ proxy, service, port, subset }: OutboundTarget): readonly Endpoint[] {
  const labels = subset?.labels ?? {};
  const endpoints = (service.endpoints.get(port.port) ?? []).filter((endpoint) => labelsMatch(labels, endpoint.labels));
  if (proxy.generator === 'grpc') return distinctSockets(endpoints);
  const resolved = service.resolution === 'Dns' || service.resolution === 'DnsRoundRobin';
  return resolved ? endpoints : endpoints.filter(({ address }) => isIp(address) || isPipe(address));
}

/** gRPC clients refuse a whole assignment that names an address twice, or one that is no IP address. */
function distinctSockets(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const bySocket = new Map<string, Endpoint>();
  for (const endpoint of endpoints) {
    const socket = `${endpoint.address}|${endpoint.port}`;
    if (isIp(endpoint.address) && !bySocket.has(socket)) bySocket.set(socket, endpoint);
  }
  return [...bySocket.values()];
}

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

const PIPE = 'unix://';

/** EDS takes no host names, so what is neither an IP address nor a unix path is left out, as in Istio. */
function isIp(address: string): boolean {
  return IPV4.test(address) || (address.includes(':') && !isPipe(address));
}

function isPipe(address: string): boolean {
  return address.startsWith(PIPE);
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
      address: isPipe(address)
        ? { pipe: { path: address.slice(PIPE.length) } }
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
