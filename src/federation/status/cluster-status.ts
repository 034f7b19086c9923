import type { AccessPointStatus } from '../../accesspoint';
import type { Bundle, RolloutClusterProgress } from '../api';
import type { ClusterFact } from '../facts';

/** One row of `status.clusters`. */
export type ClusterStatus = NonNullable<AccessPointStatus['clusters']>[number];

/** What one row is made of. */
export interface ClusterStatusInput {
  readonly cluster: { readonly name: string; readonly zone: string };
  /** Digest of the revision that was released to the cluster. */
  readonly released: string | undefined;
  readonly fact: ClusterFact | undefined;
  readonly bundle: Bundle | undefined;
  readonly progress: RolloutClusterProgress | undefined;
  /** Why the cluster cannot be reached now, if so. */
  readonly unreachable: string | undefined;
}

/** One row of `status.clusters`: what was released there, what the zone says, and the facts as last seen. */
export function clusterStatus({
  cluster,
  released,
  fact,
  bundle,
  progress,
  unreachable,
}: ClusterStatusInput): ClusterStatus {
  const message = unreachable ?? progress?.message ?? bundle?.status?.message;
  return {
    cluster: cluster.name,
    zone: cluster.zone,
    phase: phaseOf(released, bundle, progress),
    ...(released === undefined ? {} : { revision: released }),
    ...fact,
    ...(bundle?.status?.routeConfigured === undefined ? {} : { routeConfigured: bundle.status.routeConfigured }),
    ...(message === undefined ? {} : { message }),
  };
}

function phaseOf(
  released: string | undefined,
  bundle: Bundle | undefined,
  progress: RolloutClusterProgress | undefined,
): string {
  if (progress?.state === 'Removing') return 'Removing';
  if (released === undefined) return progress?.state === 'Held' ? 'Held' : 'Pending';
  if (bundle === undefined) return 'Pending';
  return bundle.status?.phase ?? 'Pending';
}
