import { annotations } from '../../federation/api';
import type { Pod, WorkloadEntry, WorkloadEntrySpec } from '../../istio';
import type { Locality } from '../../kernel';
import { parseLocality } from '../../kernel';
import type { KubeObject } from '../../kube/schema';
import { spiffeIdentity, TLS_MODE_LABEL, type Endpoint } from './endpoint';
import { localityFromLabels, NO_LOCALITY } from './proxy';

/** A running thing that services select by labels: a Pod, or a WorkloadEntry. */
export interface Workload {
  readonly source: 'Pod' | 'WorkloadEntry';
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Named ports: container ports of a Pod, `ports` of a WorkloadEntry. */
  readonly ports: Readonly<Record<string, number>>;
  /** All of an endpoint but its port. */
  readonly endpoint: Omit<Endpoint, 'port'>;
  /** The Service, `namespace/name`, that a WorkloadEntry stands for: its endpoints come in the place of the address. */
  readonly endpointsOf?: string;
}

/** Health checks of a WorkloadEntry: with the annotation, only a True `Healthy` condition lets it serve (Istio's rule). */
const HEALTH_CHECKS = 'proxy.istio.io/health-checks-enabled';

/** Node labels, by cluster and node name: `region`, `zone` and `subzone` of what runs there. */
export type NodeLocalities = ReadonlyMap<string, Locality>;

/** The key of a node in {@link NodeLocalities}. */
export function nodeKey(cluster: string, node: string): string {
  return `${cluster}/${node}`;
}

/** The zone that all Nodes of a cluster stand in, by cluster; of a cluster whose Nodes stand in several there is none. */
export function zonesOfClusters(nodes: NodeLocalities): ReadonlyMap<string, Locality> {
  const zones = new Map<string, Locality | undefined>();
  for (const [key, { region, zone }] of nodes) {
    const cluster = key.slice(0, key.lastIndexOf('/'));
    const known = zones.get(cluster);
    const same = !zones.has(cluster) || (known?.region === region && known.zone === zone);
    zones.set(cluster, same ? { region, zone } : undefined);
  }
  return new Map([...zones].flatMap(([cluster, zone]) => (zone === undefined ? [] : [[cluster, zone] as const])));
}

/** The locality that a Node's labels name. */
export function localityOfNode({ metadata: { labels = {} } }: KubeObject): Locality {
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  const subzone = labels['topology.istio.io/subzone'];
  return subzone ? { region, zone, subzone } : { region, zone };
}

/** Where a Pod runs: by its own locality label, else by its Node. */
export function localityOfPod(pod: Pod, cluster: string, nodes: NodeLocalities): Locality {
  const labelled = localityFromLabels(pod.metadata.labels ?? {});
  const node = pod.spec?.nodeName;
  return labelled ?? (node === undefined ? undefined : nodes.get(nodeKey(cluster, node))) ?? NO_LOCALITY;
}

/** Whether a Pod has an address that is still its own. */
export function isAddressed({ status }: Pod): boolean {
  return Boolean(status?.podIP) && status?.phase !== 'Failed' && status?.phase !== 'Succeeded';
}

/** Whether an addressed Pod takes requests: ready, and not going away. */
export function isReady({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  return status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') ?? false;
}

/** Whether a Pod is meant to serve: it has not ended, and nobody is taking it away. */
export function isWanted({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && status?.phase !== 'Failed' && status?.phase !== 'Succeeded';
}

/** The workload of a Pod; one that has no address yet gets an empty one. */
export function workloadOfPod(pod: Pod, cluster: string, nodes: NodeLocalities, trustDomain: string): Workload {
  const { name, namespace = '', labels = {} } = pod.metadata;
  const ports: Record<string, number> = {};
  for (const container of pod.spec?.containers ?? []) {
    for (const port of container.ports ?? []) if (port.name) ports[port.name] = port.containerPort;
  }
  return {
    source: 'Pod',
    name,
    namespace,
    labels,
    ports,
    endpoint: {
      address: pod.status?.podIP ?? '',
      locality: localityOfPod(pod, cluster, nodes),
      weight: 1,
      labels,
      cluster,
      ...networkOf(labels, undefined),
      identity: spiffeIdentity(trustDomain, namespace, pod.spec?.serviceAccountName ?? 'default'),
      tlsMode: labels[TLS_MODE_LABEL] ?? 'disabled',
      health: 'HEALTHY',
      namespace,
      workload: name,
      ...(pod.spec?.hostname === undefined ? {} : { hostname: pod.spec.hostname }),
    },
  };
}

/** Whether a WorkloadEntry takes requests; see `HEALTH_CHECKS`. */
export function isHealthyEntry({ metadata, status }: WorkloadEntry): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  if (metadata.annotations?.[HEALTH_CHECKS] !== 'true') return true;
  return status?.conditions?.some(({ type, status: state }) => type === 'Healthy' && state === 'True') ?? false;
}

/** Who an endpoint written by hand belongs to: the namespace and name it is known by. */
export interface EntryOwner {
  readonly name: string;
  readonly namespace: string;
  readonly cluster: string;
  readonly trustDomain: string;
  /** The object's own labels; those of the spec win. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The object's annotations. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** The workload of a WorkloadEntry, or of one of a ServiceEntry's inline endpoints, which have the same fields. */
export function workloadOfEntry(spec: WorkloadEntrySpec, owner: EntryOwner): Workload {
  const labels = { ...owner.labels, ...spec.labels };
  const tlsMode = labels[TLS_MODE_LABEL] ?? (spec.serviceAccount ? 'istio' : 'disabled');
  const { [annotations.endpointsOf]: endpointsOf, [annotations.member]: member } = owner.annotations ?? {};
  return {
    ...(endpointsOf ? { endpointsOf } : {}),
    source: 'WorkloadEntry',
    name: owner.name,
    namespace: owner.namespace,
    labels,
    ports: spec.ports ?? {},
    endpoint: {
      address: spec.address ?? '',
      locality: spec.locality ? parseLocality(spec.locality) : (localityFromLabels(labels) ?? NO_LOCALITY),
      weight: spec.weight && spec.weight > 0 ? spec.weight : 1,
      labels,
      cluster: owner.cluster,
      ...networkOf(labels, spec.network),
      ...(spec.serviceAccount
        ? { identity: spiffeIdentity(owner.trustDomain, owner.namespace, spec.serviceAccount) }
        : {}),
      tlsMode,
      health: 'UNKNOWN',
      namespace: owner.namespace,
      workload: owner.name,
      ...(member ? { member } : {}),
    },
  };
}

function networkOf(
  labels: Readonly<Record<string, string>>,
  declared: string | undefined,
): { readonly network?: string } {
  const network = declared || labels['topology.istio.io/network'];
  return network ? { network } : {};
}
