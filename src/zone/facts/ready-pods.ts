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

/** The pods of a backend. */
export interface PodCounts {
  readonly ready: number;
  /** Ready or not, but for those that have ended or are on their way out. */
  readonly wanted: number;
}

/** Counts the pods of a backend. */
export function countPods({ namespace, labels }: BackendSelector, pods: readonly Pod[]): PodCounts {
  const own = pods.filter(({ metadata }) => metadata.namespace === namespace && matchesLabels(labels, metadata.labels));
  return { ready: own.filter(isReady).length, wanted: own.filter(isWanted).length };
}

function isWanted({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && status?.phase !== 'Failed' && status?.phase !== 'Succeeded';
}
