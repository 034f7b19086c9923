import type { MemberCluster } from '../api';

/** Clusters that no change reaches now, with the reason: paused ones, and those of a zone whose gateway cluster cannot be reached. */
export function heldClusters(clusters: readonly MemberCluster[]): ReadonlyMap<string, string> {
  const lost = new Map<string, string>();
  for (const { metadata, spec, status } of clusters) {
    const reachable = status?.conditions?.find(({ type }) => type === 'Reachable');
    if (spec?.role !== 'Gateway' || reachable?.status !== 'False') continue;
    lost.set(`${spec.region}/${spec.zone}`, `${metadata.name} is unreachable since ${reachable.lastTransitionTime}`);
  }
  const held = new Map<string, string>();
  for (const { metadata, spec } of clusters) {
    const why = lost.get(`${spec?.region ?? ''}/${spec?.zone ?? ''}`);
    if (spec?.paused === true) held.set(metadata.name, 'the cluster is paused');
    else if (why !== undefined) held.set(metadata.name, why);
  }
  return held;
}
