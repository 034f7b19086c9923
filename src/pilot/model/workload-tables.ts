import type { Locality } from '../../kernel';
import { labelsMatch } from './endpoint';
import { groupBy } from './group-by';
import type { KindBuckets } from './kind-buckets';
import type { MeshSettings } from './mesh-settings';
import {
  isAddressed,
  isHealthyEntry,
  isReady,
  localityOfNode,
  nodeKey,
  type NodeLocalities,
  type Workload,
  workloadOfEntry,
  workloadOfPod,
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
  for (const { cluster, object } of buckets.Pod) {
    if (!isAddressed(object)) continue;
    const workload = workloadOfPod(object, cluster, nodes, settings.trustDomain);
    byName.set(`${cluster}/${workload.namespace}/${workload.name}`, workload);
    if (!object.spec?.hostNetwork) byAddress.set(`${cluster}/${workload.endpoint.address}`, workload);
    if (isReady(object)) serving.push(workload);
  }
  const entries = healthyEntries(buckets, settings);
  return {
    nodes,
    podNamed: (cluster, namespace, name) => byName.get(`${cluster}/${namespace}/${name}`),
    podAt: (cluster, address) => byAddress.get(`${cluster}/${address}`),
    select: selectorOver([...serving, ...entries]),
    selectEntries: selectorOver(entries),
  };
}

function healthyEntries({ WorkloadEntry }: KindBuckets, { trustDomain }: MeshSettings): readonly Workload[] {
  return WorkloadEntry.filter(({ object }) => isHealthyEntry(object)).map(({ cluster, object }) => {
    const { name, namespace = '', labels } = object.metadata;
    return workloadOfEntry(object.spec ?? {}, { name, namespace, cluster, trustDomain, labels });
  });
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
