import { annotations } from '../federation/api';
import type { WorkloadEntry } from '../istio';
import { formatTime } from '../kernel';
import { type KubeObject, namespacedName } from '../kube/schema';
import type { Scenario } from './scenario';

/** Makes of WorkloadEntries with the annotation those that serve only with a True `Healthy` condition (R9). */
const HEALTH_CHECKS = 'proxy.istio.io/health-checks-enabled';

/** A zone whose pods are all gone answers no probe, just as a lost one. */
export function isGone(zone: string, { lose, unhealthy }: Scenario): boolean {
  const name = lose.find((lost) => lost === zone);
  return name !== undefined || [...unhealthy].some(([where, percent]) => where === zone && percent === 100);
}

/** An upstream istiod does not read our order; only the zone agent does, and has moved weights by it. */
export function withoutOrder(manifests: readonly KubeObject[]): readonly KubeObject[] {
  return manifests.map((manifest) => {
    if (manifest.metadata.annotations?.[annotations.failoverOrder] === undefined) return manifest;
    const { [annotations.failoverOrder]: _order, ...kept } = manifest.metadata.annotations;
    return { ...manifest, metadata: { ...manifest.metadata, annotations: kept } };
  });
}

/** An entry as the zone agent leaves it: health checks switched on, and its verdict in the status. */
export function withHealth(object: KubeObject, healthy: ReadonlyMap<string, boolean>, nowMs: number): KubeObject {
  const verdict = object.kind === 'WorkloadEntry' ? healthy.get(namespacedName(object)) : undefined;
  if (verdict === undefined) return object;
  const { metadata } = object;
  const now = formatTime(nowMs);
  const status = verdict ? 'True' : 'False';
  const condition = { type: 'Healthy', status, lastProbeTime: now, lastTransitionTime: now };
  const entry: Pick<WorkloadEntry, 'metadata' | 'status'> = {
    metadata: { ...metadata, annotations: { ...metadata.annotations, [HEALTH_CHECKS]: 'true' } },
    status: { conditions: [condition] },
  };
  return { ...object, ...entry };
}
