import type { Locality } from '../../kernel';
import { labelsMatch } from './endpoint';
import { groupBy } from './group-by';
import type { KindBuckets } from './kind-buckets';
import type { MeshSettings } from './mesh-settings';
import {
  isAddressed,
  isHealthyEntry,
  isReady,
  isWanted,
  localityOfNode,
  nodeKey,
  type NodeLocalities,
  type Workload,
  workloadOfEntry,
  workloadOfPod,
  zonesOfClusters,
} from './workload';

type Labels = Readonly<Record<string, string>>;

/** The workloads of all clusters, found as services find them. */
export interface WorkloadTables {
  readonly nodes: NodeLocalities;
  /** A Pod by its name, ready or not. */
  readonly podNamed: (cluster: string, namespace: string, name: string) => Workload | undefined;
  /** The Pod with an address of its own, ready or not; on a host's network there is none. */
  readonly podAt: (cluster: string, address: string) => Workload | undefined;
  /** Ready Pods and healthy WorkloadEntries of a namespace, of every cluster, by labels. */
  readonly select: (namespace: string, labels: Labels) => readonly Workload[];
  /** Healthy WorkloadEntries of a namespace by labels. */
  readonly selectEntries: (namespace: string, labels: Labels) => readonly Workload[];
  /** What `select` would find beside, if it were ready: Pods that nobody is taking away, with or without an address, and unhealthy entries. */
  readonly selectUnready: (namespace: string, labels: Labels) => readonly Workload[];
  /** Of these the Pods. */
  readonly selectUnreadyPods: (namespace: string, labels: Labels) => readonly Workload[];
}

/** Reads Nodes, Pods and WorkloadEntries into tables. */
export function buildWorkloadTables(buckets: KindBuckets, settings: MeshSettings): WorkloadTables {
  const nodes = new Map<string, Locality>();
  for (const { cluster, object } of buckets.Node) {
    nodes.set(nodeKey(cluster, object.metadata.name), localityOfNode(object));
  }
  const byName = new Map<string, Workload>();
  const byAddress = new Map<string, Workload>();
  const serving: Workload[] = [];
  const unready: Workload[] = [];
  for (const { cluster, object } of buckets.Pod) {
    const addressed = isAddressed(object);
    const missed = isWanted(object) && !isReady(object);
    if (!addressed && !missed) continue;
    const workload = workloadOfPod(object, cluster, nodes, settings.trustDomain);
    if (missed) unready.push(workload);
    if (!addressed) continue;
    byName.set(`${cluster}/${workload.namespace}/${workload.name}`, workload);
    if (!object.spec?.hostNetwork) byAddress.set(`${cluster}/${workload.endpoint.address}`, workload);
    if (isReady(object)) serving.push(workload);
  }
  const [entries, unhealthy] = entriesByHealth(buckets, settings);
  const missing = withPlaces(unready, nodes);
  return {
    nodes,
    podNamed: (cluster, namespace, name) => byName.get(`${cluster}/${namespace}/${name}`),
    podAt: (cluster, address) => byAddress.get(`${cluster}/${address}`),
    select: selectorOver([...serving, ...entries]),
    selectEntries: selectorOver(entries),
    selectUnready: selectorOver([...missing, ...unhealthy]),
    selectUnreadyPods: selectorOver(missing),
  };
}

/** The healthy ones, and the others. */
function entriesByHealth(
  { WorkloadEntry }: KindBuckets,
  { trustDomain }: MeshSettings,
): readonly [readonly Workload[], readonly Workload[]] {
  const healthy: Workload[] = [];
  const unhealthy: Workload[] = [];
  for (const { cluster, object } of WorkloadEntry) {
    const { name, namespace = '', labels, annotations } = object.metadata;
    const owner = { name, namespace, cluster, trustDomain, labels, annotations };
    const workload = workloadOfEntry(object.spec ?? {}, owner);
    if (isHealthyEntry(object)) healthy.push(workload);
    else if (object.metadata.deletionTimestamp === undefined) unhealthy.push(workload);
  }
  return [healthy, unhealthy];
}

/** A Pod that no Node has taken yet will run where the Nodes of its cluster are, when they are all in one zone. */
function withPlaces(pods: readonly Workload[], nodes: NodeLocalities): readonly Workload[] {
  if (pods.every(isPlaced)) return pods;
  const places = zonesOfClusters(nodes);
  return pods.map((pod) => {
    const locality = isPlaced(pod) ? undefined : places.get(pod.endpoint.cluster);
    return locality === undefined ? pod : { ...pod, endpoint: { ...pod.endpoint, locality } };
  });
}

function isPlaced({ endpoint: { locality } }: Workload): boolean {
  return locality.region !== '' || locality.zone !== '';
}

/**
 * Looks workloads up by labels: by the first label through an index, which is made when that label is first asked for, so that
 * many selectors over many workloads cost no product of the two.
 */
function selectorOver(workloads: readonly Workload[]): WorkloadTables['select'] {
  const byNamespace = groupBy(workloads, ({ namespace }) => namespace);
  const indexes = new Map<string, ReadonlyMap<string | undefined, readonly Workload[]>>();
  return (namespace, wanted) => {
    const own = byNamespace.get(namespace) ?? [];
    const [first] = Object.entries(wanted);
    if (!first) return own;
    const [label, value] = first;
    const key = `${namespace}/${label}`;
    const index = indexes.get(key) ?? groupBy(own, ({ labels }) => labels[label]);
    indexes.set(key, index);
    return (index.get(value) ?? []).filter(({ labels }) => labelsMatch(wanted, labels));
  };
}
