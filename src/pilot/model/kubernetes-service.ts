import type { EndpointSlice, Service } from '../../istio';
import type { Endpoint } from './endpoint';
import type { MeshSettings } from './mesh-settings';
import { NO_LOCALITY } from './proxy';
import { protocolOfServicePort } from './protocol';
import { type MeshService, rememberedByPort, type Resolution, type ServicePort, type UnreadyEndpoint } from './service';
import { parseExportTo } from './visibility';
import { nodeKey, type Workload } from './workload';
import type { WorkloadTables } from './workload-tables';

/** One Service object with all that belongs to it in its cluster. */
export interface ServiceInCluster {
  readonly cluster: string;
  readonly service: Service;
  readonly slices: readonly EndpointSlice[];
  readonly workloads: WorkloadTables;
}

type SliceEndpoint = NonNullable<EndpointSlice['endpoints']>[number];

const EXPORT_TO = 'networking.istio.io/exportTo';

/** One service of the mesh from its Service objects, one per cluster; the first gives ports and visibility. */
export function serviceFromKubernetes(
  parts: readonly [ServiceInCluster, ...ServiceInCluster[]],
  settings: MeshSettings,
): MeshService {
  const [{ service }] = parts;
  const { name, namespace = '', annotations = {}, creationTimestamp = '' } = service.metadata;
  const spec = service.spec ?? {};
  const exportTo = annotations[EXPORT_TO]?.split(',').map((entry) => entry.trim());
  const endpoints = mergeByPort(parts.map(endpointsByPort));
  const addresses = parts.map((part): [string, readonly string[]] => [part.cluster, clusterAddresses(part.service)]);
  return {
    hostname: `${name}.${namespace}.svc.${settings.clusterDomain}`,
    name,
    namespace,
    registry: 'Kubernetes',
    ports: (spec.ports ?? []).map((port) => servicePort(port)),
    resolution: resolutionOf(service),
    meshExternal: spec.type === 'ExternalName',
    visibility: parseExportTo(exportTo ?? settings.defaultExportTo.service, namespace),
    addresses: new Map(addresses),
    createdAt: creationTimestamp,
    subjectAltNames: [],
    endpoints,
    endpointsKnown: parts.some(({ slices }) => slices.length > 0),
    unready: rememberedByPort((port) => unreadyOf(parts, port, endpoints.get(port) ?? [])),
    ...(spec.selector && Object.keys(spec.selector).length > 0 ? { selector: spec.selector } : {}),
    ...(spec.type === 'ExternalName' && spec.externalName ? { externalName: spec.externalName } : {}),
    clusters: parts.map(({ cluster }) => cluster),
    ...(spec.trafficDistribution ? { trafficDistribution: spec.trafficDistribution } : {}),
    targetPorts: new Map((spec.ports ?? []).map(({ port, targetPort }) => [port, targetPort ?? port])),
  };
}

function servicePort(port: {
  readonly name?: string | undefined;
  readonly port: number;
  readonly protocol?: string | undefined;
  readonly appProtocol?: string | undefined;
}): ServicePort {
  return { name: port.name ?? '', port: port.port, protocol: protocolOfServicePort(port) };
}

function resolutionOf({ spec }: Service): Resolution {
  if (spec?.type === 'ExternalName') return 'Alias';
  return spec?.clusterIP === 'None' ? 'Passthrough' : 'Endpoints';
}

function clusterAddresses({ spec }: Service): readonly string[] {
  const addresses = spec?.clusterIPs?.length ? spec.clusterIPs : [spec?.clusterIP ?? ''];
  return addresses.filter((address) => address !== '' && address !== 'None');
}

function endpointsByPort(part: ServiceInCluster): ReadonlyMap<number, readonly Endpoint[]> {
  const byPort = new Map<number, readonly Endpoint[]>();
  for (const port of part.service.spec?.ports ?? []) {
    const endpoints = [
      ...part.slices.flatMap((slice) => endpointsOfSlice(slice, port.name ?? '', part)),
      ...selectedEntries(part, port),
    ];
    byPort.set(port.port, withoutRepetition(endpoints));
  }
  return byPort;
}

function endpointsOfSlice(slice: EndpointSlice, portName: string, part: ServiceInCluster): readonly Endpoint[] {
  if (slice.addressType === 'FQDN') return [];
  const port = slice.ports?.find(({ name }) => (name ?? '') === portName)?.port;
  if (!port) return [];
  const endpoints: Endpoint[] = [];
  for (const entry of slice.endpoints ?? []) {
    // `ready` unset means ready (EndpointConditions); a terminating endpoint is never ready unless published on purpose.
    if (entry.conditions?.ready === false) continue;
    for (const address of entry.addresses) {
      const known = podOf(entry, address, part)?.endpoint ?? podlessEndpoint(entry, part);
      const { hostname } = entry;
      endpoints.push({ ...known, address, port, health: 'HEALTHY', ...(hostname ? { hostname } : {}) });
    }
  }
  return endpoints;
}

/** Pods that the selector picks; without one, what the slices say of others. What is published although it is not ready serves. */
function unreadyOf(
  parts: readonly ServiceInCluster[],
  port: number,
  serving: readonly Endpoint[],
): readonly UnreadyEndpoint[] {
  const addresses = new Set(serving.map(({ address }) => address));
  return parts.flatMap((part) => unreadyInCluster(part, port)).filter(({ address }) => !addresses.has(address));
}

function unreadyInCluster(part: ServiceInCluster, port: number): readonly UnreadyEndpoint[] {
  const { service, cluster, slices, workloads } = part;
  const { selector = {}, ports = [] } = service.spec ?? {};
  if (Object.keys(selector).length > 0) {
    const pods = workloads.selectUnreadyPods(service.metadata.namespace ?? '', selector);
    return pods.flatMap(({ endpoint }) => (endpoint.cluster === cluster ? [endpoint] : []));
  }
  const name = ports.find((candidate) => candidate.port === port)?.name ?? '';
  const own = slices.filter((slice) => slice.ports?.some((candidate) => (candidate.name ?? '') === name));
  return own
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready === false && conditions.terminating !== true)
    .flatMap((entry) => entry.addresses.map((address) => ({ ...podlessEndpoint(entry, part), address })));
}

/** By name, for Pods on a host's network share its address; by address in slices that somebody else wrote. */
function podOf({ targetRef }: SliceEndpoint, address: string, part: ServiceInCluster): Workload | undefined {
  const { cluster, workloads, service } = part;
  if (!targetRef?.name) return workloads.podAt(cluster, address);
  if (targetRef.kind !== 'Pod') return undefined;
  return workloads.podNamed(cluster, targetRef.namespace ?? service.metadata.namespace ?? '', targetRef.name);
}

function podlessEndpoint(
  { nodeName }: SliceEndpoint,
  { cluster, service, workloads }: ServiceInCluster,
): Omit<Endpoint, 'port' | 'address'> {
  return {
    locality: (nodeName ? workloads.nodes.get(nodeKey(cluster, nodeName)) : undefined) ?? NO_LOCALITY,
    weight: 1,
    labels: {},
    cluster,
    tlsMode: 'disabled',
    health: 'HEALTHY',
    namespace: service.metadata.namespace ?? '',
    workload: '',
  };
}

/** WorkloadEntries that the Service's selector picks (Istio's `Service` for workloads outside Kubernetes). */
function selectedEntries(
  { service, workloads }: ServiceInCluster,
  port: {
    readonly name?: string | undefined;
    readonly port: number;
    readonly targetPort?: number | string | undefined;
  },
): readonly Endpoint[] {
  const selector = service.spec?.selector;
  if (!selector || Object.keys(selector).length === 0) return [];
  return workloads.selectEntries(service.metadata.namespace ?? '', selector).map(({ ports, endpoint }) => {
    const { targetPort } = port;
    const byName = ports[port.name ?? ''] ?? (typeof targetPort === 'string' ? ports[targetPort] : undefined);
    const number = byName ?? (typeof targetPort === 'number' && targetPort > 0 ? targetPort : port.port);
    return { ...endpoint, port: number };
  });
}

/** The slices of a Service may show one address twice while the control plane moves it between them. */
function withoutRepetition(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const seen = new Map<string, Endpoint>();
  for (const endpoint of endpoints) {
    const key = `${endpoint.address}|${endpoint.port}`;
    if (!seen.has(key)) seen.set(key, endpoint);
  }
  return [...seen.values()];
}

function mergeByPort(
  parts: readonly ReadonlyMap<number, readonly Endpoint[]>[],
): ReadonlyMap<number, readonly Endpoint[]> {
  const merged = new Map<number, readonly Endpoint[]>();
  for (const part of parts) {
    for (const [port, endpoints] of part) merged.set(port, [...(merged.get(port) ?? []), ...endpoints]);
  }
  return merged;
}
