import type { EndpointSlice } from '../../istio';
import { groupBy } from './group-by';
import { compareText } from './host-name';
import type { ClusterObject, KindBuckets } from './kind-buckets';
import { type ServiceInCluster, serviceFromKubernetes } from './kubernetes-service';
import type { MeshSettings } from './mesh-settings';
import type { MeshService } from './service';
import { servicesFromEntry } from './service-entry-service';
import type { WorkloadTables } from './workload-tables';

const SERVICE_NAME = 'kubernetes.io/service-name';

/** Services of every registry with their endpoints. */
export function buildServices(
  buckets: KindBuckets,
  workloads: WorkloadTables,
  settings: MeshSettings,
): readonly MeshService[] {
  const ofKubernetes = kubernetesServices(buckets, workloads, settings);
  const services = new Map(ofKubernetes.map((service) => [`${service.namespace}/${service.name}`, service]));
  const ofEntries = buckets.ServiceEntry.flatMap(({ cluster, object }) =>
    servicesFromEntry(object, { cluster, workloads, settings, services }),
  );
  return [...ofKubernetes, ...ofEntries];
}

/** Services of one namespace and name are one, whichever clusters they are in (multi-cluster sameness). */
function kubernetesServices(
  { Service, EndpointSlice }: KindBuckets,
  workloads: WorkloadTables,
  settings: MeshSettings,
): readonly MeshService[] {
  const slicesOf = groupBy(EndpointSlice, sliceOwner);
  const parts = [...Service]
    .sort((left, right) => compareText(left.cluster, right.cluster))
    .map(({ cluster, object }): ServiceInCluster => ({
      cluster,
      service: object,
      slices: orderedByName(slicesOf.get(`${cluster}/${nameOf(object)}`) ?? []),
      workloads,
    }));
  return [...groupBy(parts, ({ service }) => nameOf(service)).values()].flatMap(([first, ...rest]) =>
    first ? [serviceFromKubernetes([first, ...rest], settings)] : [],
  );
}

function sliceOwner({ cluster, object: { metadata } }: ClusterObject): string {
  return `${cluster}/${metadata.namespace ?? ''}/${metadata.labels?.[SERVICE_NAME] ?? ''}`;
}

function nameOf({ metadata }: ClusterObject['object']): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function orderedByName(slices: readonly { readonly object: EndpointSlice }[]): readonly EndpointSlice[] {
  return slices.map(({ object }) => object).sort((left, right) => compareText(left.metadata.name, right.metadata.name));
}
