import type { EndpointSlice, Service } from '../../istio';
import type { Locality } from '../../kernel';
import { compareText } from './host-name';
import type { KindBuckets } from './kind-buckets';
import { type ServiceInCluster, serviceFromKubernetes } from './kubernetes-service';
import type { MeshSettings } from './mesh-settings';
import type { MeshService } from './service';
import { servicesFromEntry } from './service-entry-service';
import {
  isHealthyEntry,
  isServing,
  localityOfNode,
  nodeKey,
  type NodeLocalities,
  type Workload,
  workloadOfEntry,
  workloadOfPod,
} from './workload';

const SERVICE_NAME = 'kubernetes.io/service-name';

interface WorkloadTables {
  readonly nodes: NodeLocalities;
  /** Pods by cluster, then by address. */
  readonly pods: ReadonlyMap<string, ReadonlyMap<string, Workload>>;
  /** WorkloadEntries by namespace. */
  readonly entries: ReadonlyMap<string, readonly Workload[]>;
  /** Pods and WorkloadEntries by namespace, of every cluster. */
  readonly byNamespace: ReadonlyMap<string, readonly Workload[]>;
}

/** Services of every registry with their endpoints, and the workloads behind them. */
export function buildServices(
  buckets: KindBuckets,
  settings: MeshSettings,
): { readonly services: readonly MeshService[]; readonly workloadsByAddress: ReadonlyMap<string, Workload> } {
  const tables = buildWorkloads(buckets, settings);
  const workloadsByAddress = new Map<string, Workload>();
  for (const workloads of tables.byNamespace.values()) {
    for (const workload of workloads) workloadsByAddress.set(workload.endpoint.address, workload);
  }
  return {
    services: [...kubernetesServices(buckets, tables, settings), ...entryServices(buckets, tables, settings)],
    workloadsByAddress,
  };
}

function buildWorkloads({ Node, Pod, WorkloadEntry }: KindBuckets, { trustDomain }: MeshSettings): WorkloadTables {
  const nodes = new Map<string, Locality>();
  for (const { cluster, object } of Node) nodes.set(nodeKey(cluster, object.metadata.name), localityOfNode(object));
  const pods = new Map<string, Map<string, Workload>>();
  const entries = new Map<string, Workload[]>();
  const byNamespace = new Map<string, Workload[]>();
  for (const { cluster, object } of Pod) {
    if (!isServing(object)) continue;
    const workload = workloadOfPod(object, cluster, nodes, trustDomain);
    mapIn(pods, cluster).set(workload.endpoint.address, workload);
    listIn(byNamespace, workload.namespace).push(workload);
  }
  for (const { cluster, object } of WorkloadEntry) {
    if (!isHealthyEntry(object)) continue;
    const { name, namespace = '', labels } = object.metadata;
    const workload = workloadOfEntry(object.spec ?? {}, { name, namespace, cluster, trustDomain, labels });
    listIn(entries, namespace).push(workload);
    listIn(byNamespace, namespace).push(workload);
  }
  return { nodes, pods, entries, byNamespace };
}

function kubernetesServices(
  { Service: services, EndpointSlice: slices }: KindBuckets,
  tables: WorkloadTables,
  settings: MeshSettings,
): readonly MeshService[] {
  const slicesOf = new Map<string, EndpointSlice[]>();
  for (const { cluster, object } of slices) {
    const owner = object.metadata.labels?.[SERVICE_NAME];
    if (owner) listIn(slicesOf, `${cluster}/${object.metadata.namespace ?? ''}/${owner}`).push(object);
  }
  const parts = new Map<string, ServiceInCluster[]>();
  for (const { cluster, object } of [...services].sort((left, right) => compareText(left.cluster, right.cluster))) {
    const { name, namespace = '' } = object.metadata;
    const own = slicesOf.get(`${cluster}/${namespace}/${name}`) ?? [];
    listIn(parts, `${namespace}/${name}`).push(partOf(object, cluster, own, tables));
  }
  return [...parts.values()].flatMap(([first, ...rest]) =>
    first ? [serviceFromKubernetes([first, ...rest], settings)] : [],
  );
}

function partOf(
  service: Service,
  cluster: string,
  slices: readonly EndpointSlice[],
  { nodes, pods, entries }: WorkloadTables,
): ServiceInCluster {
  return {
    cluster,
    service,
    slices: [...slices].sort((left, right) => compareText(left.metadata.name, right.metadata.name)),
    entries: entries.get(service.metadata.namespace ?? '') ?? [],
    podByAddress: pods.get(cluster) ?? new Map(),
    nodes,
  };
}

function entryServices(
  { ServiceEntry }: KindBuckets,
  { byNamespace }: WorkloadTables,
  settings: MeshSettings,
): readonly MeshService[] {
  return ServiceEntry.flatMap(({ cluster, object }) =>
    servicesFromEntry(object, {
      cluster,
      workloads: byNamespace.get(object.metadata.namespace ?? '') ?? [],
      settings,
    }),
  );
}

function mapIn<K, T, V>(outer: Map<K, Map<T, V>>, key: K): Map<T, V> {
  const known = outer.get(key);
  if (known) return known;
  const made = new Map<T, V>();
  outer.set(key, made);
  return made;
}

function listIn<K, V>(outer: Map<K, V[]>, key: K): V[] {
  const known = outer.get(key);
  if (known) return known;
  const made: V[] = [];
  outer.set(key, made);
  return made;
}
