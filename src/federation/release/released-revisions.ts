import type { ZoneView } from './zone-view';

/** Which revision a cluster may run, and in which zone it stands. */
export interface ReleasedRevision {
  readonly zone: string;
  readonly revision: string;
}

/** One row of an owner's `status.clusters`, as far as it is the record of what is released. */
export interface ReleaseRecord {
  readonly cluster: string;
  readonly zone: string;
  readonly revision?: string | undefined;
}

/**
 * What was released to which cluster. The hub's own record, the owner's status, has the last word; a bundle that a zone holds
 * fills in what the record lacks, so that a hub that lost its status does not start over.
 */
export function releasedRevisions(
  recorded: readonly ReleaseRecord[],
  zones: ReadonlyMap<string, ZoneView>,
): Map<string, ReleasedRevision> {
  const released = new Map<string, ReleasedRevision>();
  for (const [zone, { bundles }] of zones) {
    for (const [cluster, { spec }] of bundles) if (spec) released.set(cluster, { zone, revision: spec.revision });
  }
  for (const { cluster, zone, revision } of recorded) {
    if (revision !== undefined) released.set(cluster, { zone, revision });
  }
  return released;
}

/**
 * Clusters that run something and are not among `placed`, with their zones. One whose bundle is gone, or whose zone left the fleet,
 * has nothing left to withdraw.
 */
export function leavingClusters(
  released: ReadonlyMap<string, ReleasedRevision>,
  placed: ReadonlySet<string>,
  zones: ReadonlyMap<string, ZoneView>,
): Map<string, string> {
  const leaving = new Map<string, string>();
  for (const [cluster, { zone }] of released) {
    const view = zones.get(zone);
    if (placed.has(cluster) || view === undefined) continue;
    if (view.held !== undefined || view.bundles.has(cluster)) leaving.set(cluster, zone);
  }
  return leaving;
}
