import type { KubeObject } from '../../kube/schema';
import type { Pod, Service, ServiceEntry } from '../../istio';
import { matchesLabels, ofKind } from './select-objects';

/** Whom a bundle sends traffic to: pods with these labels in this namespace. */
export interface BackendSelector {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The backend of a bundle: the ServiceEntry's workloadSelector in a gateway cluster, the Service's selector in a workload
 * cluster. undefined when the bundle selects no pods.
 */
export function backendSelectorOf(manifests: readonly KubeObject[]): BackendSelector | undefined {
  const entries = ofKind<ServiceEntry>(manifests, 'ServiceEntry').map((entry) => ({
    namespace: entry.metadata.namespace,
    labels: entry.spec?.workloadSelector?.labels,
  }));
  const services = ofKind<Service>(manifests, 'Service').map((service) => ({
    namespace: service.metadata.namespace,
    labels: service.spec?.selector,
  }));
  for (const { namespace, labels } of [...entries, ...services]) {
    if (namespace !== undefined && labels !== undefined && Object.keys(labels).length > 0) return { namespace, labels };
  }
  return undefined;
}

/** Whether a pod takes traffic: its Ready condition is True and it is not on its way out. */
export function isReady({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
}

/** How many ready pods a backend has. */
export function countReadyPods({ namespace, labels }: BackendSelector, pods: readonly Pod[]): number {
  return pods.filter(
    (pod) => pod.metadata.namespace === namespace && matchesLabels(labels, pod.metadata.labels) && isReady(pod),
  ).length;
}
