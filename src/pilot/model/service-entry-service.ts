import type { ServiceEntry, ServiceEntrySpec } from '../../istio';
import type { Endpoint } from './endpoint';
import { compareText } from './host-name';
import type { MeshSettings } from './mesh-settings';
import { parseProtocol } from './protocol';
import { type MeshService, rememberedByPort, type Resolution, type UnreadyEndpoint } from './service';
import { type StandIn, unreadyBehind, withServiceEndpoints } from './stand-in';
import { parseExportTo } from './visibility';
import { type Workload, workloadOfEntry } from './workload';
import type { WorkloadTables } from './workload-tables';

const RESOLUTIONS: Readonly<Record<NonNullable<ServiceEntrySpec['resolution']>, Resolution>> = {
  NONE: 'Passthrough',
  STATIC: 'Endpoints',
  DNS: 'Dns',
  DNS_ROUND_ROBIN: 'DnsRoundRobin',
  DYNAMIC_DNS: 'DynamicDns',
};

/** Endpoints of a host that is resolved by DNS are part of the cluster itself, which must not change with every Pod. */
const NO_SERVICES: ReadonlyMap<string, MeshService> = new Map();

type EntryPort = NonNullable<ServiceEntrySpec['ports']>[number];

/** What a ServiceEntry is read with. */
export interface EntryContext {
  /** The cluster that the object comes from. */
  readonly cluster: string;
  readonly workloads: WorkloadTables;
  readonly settings: MeshSettings;
  /** The Kubernetes Services of all clusters by `namespace/name`, for entries that stand for one. */
  readonly services: ReadonlyMap<string, MeshService>;
}

/** The services of a ServiceEntry, one per host; they share ports and endpoints. */
export function servicesFromEntry(entry: ServiceEntry, context: EntryContext): readonly MeshService[] {
  const spec = entry.spec;
  if (!spec) return [];
  const { namespace = '', creationTimestamp = '' } = entry.metadata;
  const visibility = parseExportTo(spec.exportTo ?? context.settings.defaultExportTo.service, namespace);
  return spec.hosts.map((hostname): MeshService => ({
    hostname,
    name: hostname,
    namespace,
    registry: 'ServiceEntry',
    ports: (spec.ports ?? []).map(({ name, number, protocol }) => ({
      name,
      port: number,
      protocol: parseProtocol(protocol ?? ''),
    })),
    resolution: RESOLUTIONS[spec.resolution ?? 'NONE'],
    meshExternal: (spec.location ?? 'MESH_EXTERNAL') === 'MESH_EXTERNAL',
    visibility,
    addresses: new Map([['', spec.addresses ?? []]]),
    createdAt: creationTimestamp,
    subjectAltNames: spec.subjectAltNames ?? [],
    endpoints: endpointsByPort(entry, spec, hostname, context),
    endpointsKnown: true,
    unready: rememberedByPort((port) => unreadyOf(entry, spec, port, context)),
    ...(spec.workloadSelector ? { selector: spec.workloadSelector.labels ?? {} } : {}),
    clusters: [context.cluster],
    targetPorts: new Map((spec.ports ?? []).map(({ number, targetPort }) => [number, targetPort ?? number])),
  }));
}

function endpointsByPort(
  entry: ServiceEntry,
  spec: ServiceEntrySpec,
  hostname: string,
  context: EntryContext,
): ReadonlyMap<number, readonly Endpoint[]> {
  const workloads = workloadsOf(entry, spec, hostname, context);
  return new Map(
    (spec.ports ?? []).map((port) => [
      port.number,
      withServiceEndpoints(
        workloads.map((workload) => standIn(workload, port)),
        spec.resolution === 'STATIC' ? context.services : NO_SERVICES,
      ),
    ]),
  );
}

function standIn(workload: Workload, port: EntryPort): StandIn {
  const { endpoint, endpointsOf } = workload;
  return { endpoint: { ...endpoint, port: endpointPort(workload, port) }, ...(endpointsOf ? { endpointsOf } : {}) };
}

/** Beside what the selector would find, whatever is not ready behind a Service that a healthy entry stands for. */
function unreadyOf(
  { metadata: { namespace = '' } }: ServiceEntry,
  { workloadSelector, ports = [], resolution }: ServiceEntrySpec,
  number: number,
  context: EntryContext,
): readonly UnreadyEndpoint[] {
  const port = ports.find((candidate) => candidate.number === number);
  if (!workloadSelector || !port) return [];
  const { workloads } = context;
  const labels = workloadSelector.labels ?? {};
  const services = resolution === 'STATIC' ? context.services : NO_SERVICES;
  const standing = workloads.selectEntries(namespace, labels).map((workload) => standIn(workload, port));
  const takenOut = workloads.selectUnready(namespace, labels).map((workload) => standIn(workload, port));
  return unreadyBehind({ standing, takenOut }, services);
}

function workloadsOf(
  entry: ServiceEntry,
  spec: ServiceEntrySpec,
  hostname: string,
  { cluster, workloads, settings: { trustDomain } }: EntryContext,
): readonly Workload[] {
  const { name, namespace = '' } = entry.metadata;
  if (spec.workloadSelector) {
    return [...workloads.select(namespace, spec.workloadSelector.labels ?? {})].sort(byAddress);
  }
  const owner = { name, namespace, cluster, trustDomain };
  const inline = spec.endpoints ?? [];
  if (inline.length > 0) {
    return inline.map((endpoint, index) => workloadOfEntry(endpoint, { ...owner, name: `${name}-${index}` }));
  }
  const resolvesItself = spec.resolution === 'DNS' || spec.resolution === 'DNS_ROUND_ROBIN';
  return resolvesItself ? [workloadOfEntry({ address: hostname }, owner)] : [];
}

/** Objects arrive in any order; endpoints keep one. */
function byAddress(left: Workload, right: Workload): number {
  return (
    compareText(left.endpoint.address, right.endpoint.address) ||
    compareText(left.source, right.source) ||
    compareText(left.name, right.name)
  );
}

/** Istio's order: unix path, then the workload's port of the same name, then the target port, then the port itself. */
function endpointPort({ endpoint, ports }: Workload, port: EntryPort): number {
  if (endpoint.address.startsWith('unix://')) return 0;
  return ports[port.name] ?? port.targetPort ?? port.number;
}
