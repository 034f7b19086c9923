import type { EndpointSlice, Service } from '../../istio';
import type { Endpoint } from './endpoint';
import { labelsMatch } from './endpoint';
import type { MeshSettings } from './mesh-settings';
import { NO_LOCALITY } from './proxy';
import { protocolOfServicePort } from './protocol';
import type { MeshService, Resolution, ServicePort } from './service';
import { parseExportTo } from './visibility';
import { nodeKey, type NodeLocalities, type Workload } from './workload';

/** One Service object with all that belongs to it in its cluster. */
export interface ServiceInCluster {
  readonly cluster: string;
  readonly service: Service;
  readonly slices: readonly EndpointSlice[];
  /** WorkloadEntries of the Service's namespace. */
  readonly entries: readonly Workload[];
  /** Pods of the cluster by address. */
  readonly podByAddress: ReadonlyMap<string, Workload>;
  readonly nodes: NodeLocalities;
}

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
    endpoints: mergeByPort(parts.map(endpointsByPort)),
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
  for (const { addresses, conditions, hostname, nodeName } of slice.endpoints ?? []) {
    // `ready` unset means ready (EndpointConditions); a terminating endpoint is never ready unless published on purpose.
    if (conditions?.ready === false) continue;
    for (const address of addresses) {
      const known = part.podByAddress.get(address)?.endpoint ?? podlessEndpoint(address, nodeName ?? undefined, part);
      endpoints.push({ ...known, port, health: 'HEALTHY', ...(hostname ? { hostname } : {}) });
    }
  }
  return endpoints;
}

function podlessEndpoint(
  address: string,
  nodeName: string | undefined,
  { cluster, service, nodes }: ServiceInCluster,
): Omit<Endpoint, 'port'> {
  return {
    address,
    locality: (nodeName === undefined ? undefined : nodes.get(nodeKey(cluster, nodeName))) ?? NO_LOCALITY,
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
  { service, entries }: ServiceInCluster,
  port: {
    readonly name?: string | undefined;
    readonly port: number;
    readonly targetPort?: number | string | undefined;
  },
): readonly Endpoint[] {
  const selector = service.spec?.selector;
  if (!selector || Object.keys(selector).length === 0) return [];
  const endpoints: Endpoint[] = [];
  for (const { labels, ports, endpoint } of entries) {
    if (!labelsMatch(selector, labels)) continue;
    const { targetPort } = port;
    const byName = ports[port.name ?? ''] ?? (typeof targetPort === 'string' ? ports[targetPort] : undefined);
    const number = byName ?? (typeof targetPort === 'number' && targetPort > 0 ? targetPort : port.port);
    endpoints.push({ ...endpoint, port: number });
  }
  return endpoints;
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
