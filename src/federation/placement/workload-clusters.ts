import { type KubeObject, parseApiVersion } from '../../kube/schema';
import type { WorkloadClusters } from './placement-rules';

/**
 * Where a workload of another system runs, read from its own object: Karmada's ResourceBinding (work.karmada.io, `spec.clusters[].name`)
 * or OCM's PlacementDecision (cluster.open-cluster-management.io, `status.decisions[].clusterName`). Undefined for anything else.
 */
export function workloadClustersOf(object: KubeObject): WorkloadClusters | undefined {
  const { kind, metadata } = object;
  const { group } = parseApiVersion(object.apiVersion);
  const at = { kind, namespace: metadata.namespace ?? 'default', name: metadata.name };
  if (group === 'work.karmada.io' && kind === 'ResourceBinding') {
    return { ...at, clusters: namesIn(fieldOf(object.spec, 'clusters'), 'name') };
  }
  if (group === 'cluster.open-cluster-management.io' && kind === 'PlacementDecision') {
    return { ...at, clusters: namesIn(fieldOf(object.status, 'decisions'), 'clusterName') };
  }
  return undefined;
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}

function namesIn(list: unknown, field: string): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const name = fieldOf(entry, field);
    return typeof name === 'string' ? [name] : [];
  });
}
