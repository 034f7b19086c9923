import { namespacedName, type KubeObject } from '../../kube/schema';
import type { MemberCluster } from '../api';
import { type HubObjects, hubObjectsOf, previousClusters, renderOffline } from '../offline';
import { placeAccessPoint } from '../placement';
import type { TrafficShares } from './blast-radius';
import { type ChangePlan, planChange } from './plan-change';

/** Plans the change from one whole set of hub objects to another, with the facts in their status; needs no server. `nowMs` decides which drains are on. */
export function planOffline(base: readonly KubeObject[], next: readonly KubeObject[], nowMs: number): ChangePlan {
  const before = renderOffline(base, nowMs);
  const after = renderOffline(next, nowMs);
  const hub = hubObjectsOf(next);
  return planChange({
    before: before.manifests,
    after: after.manifests,
    held: heldClusters([...hubObjectsOf(base).clusters, ...hub.clusters]),
    findings: after.findings,
    traffic: evenTraffic(hub),
  });
}

/** Clusters that no change reaches now; the later object of a name has the last word. */
export function heldClusters(clusters: readonly MemberCluster[]): ReadonlyMap<string, string> {
  const held = new Map<string, string>();
  for (const { metadata, spec, status } of clusters) {
    const reachable = status?.conditions?.find(({ type }) => type === 'Reachable');
    held.delete(metadata.name);
    if (spec?.paused === true) held.set(metadata.name, 'paused');
    else if (reachable?.status === 'False')
      held.set(metadata.name, `unreachable since ${reachable.lastTransitionTime}`);
  }
  return held;
}

/** Without measured load, every zone of an access point carries the same share, and so does each of its clusters. */
function evenTraffic(hub: HubObjects): TrafficShares {
  return new Map(
    hub.accessPoints.map((accessPoint) => {
      const { clusters } = placeAccessPoint({
        accessPoint,
        clusters: hub.clusters,
        sources: hub,
        previous: previousClusters(accessPoint),
      });
      const zones = new Set(clusters.map(({ zone }) => zone));
      const shares = clusters.map(({ name }): [string, number] => [name, 1 / zones.size]);
      return [`AccessPoint/${namespacedName(accessPoint)}`, new Map(shares)];
    }),
  );
}
