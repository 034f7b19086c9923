import type { MeshModel } from './build-model';
import type { Proxy } from './proxy';
import type { Workload } from './workload';

/** The Pod that a proxy runs in, when it is in sight. */
export function workloadOfProxy({ workloads }: Pick<MeshModel, 'workloads'>, proxy: Proxy): Workload | undefined {
  const { clusterId, namespace, name, ip } = proxy;
  return workloads.podNamed(clusterId, namespace, name) ?? workloads.podAt(clusterId, ip);
}

/** The proxy with the locality of its Pod's Node, when it names none itself. */
export function withLocality(model: Pick<MeshModel, 'workloads'>, proxy: Proxy): Proxy {
  if (proxy.locality.region !== '' || proxy.locality.zone !== '') return proxy;
  const workload = workloadOfProxy(model, proxy);
  return workload ? { ...proxy, locality: workload.endpoint.locality } : proxy;
}
