import { type AccessPoint, renderAccessPoint, sortManifests } from '../../accesspoint';
import { canonicalJson, type Finding } from '../../kernel';
import { type KubeObject, namespacedName, objectKey } from '../../kube/schema';
import { acceptAccessPoint, claimantOf, ClaimIndex } from '../acceptance';
import { addressesOf, addressOwner } from '../addresses';
import { annotations, type Manifest } from '../api';
import { activeDrains, rememberedFacts, renderFacts } from '../facts';
import { revisionDigest, snapshotOf } from '../revision';
import { type HubObjects, hubObjectsOf } from './hub-objects';
import { renderDeploymentsOffline } from './render-deployments';
import { renderNamesOffline } from './render-names';

/** What `flotilla render` prints. */
export interface OfflineRender {
  /** By cluster, then in order of application. */
  readonly manifests: readonly Manifest[];
  readonly findings: readonly Finding[];
}

/**
 * Steps 1 to 3 without a server: hub objects, with facts in their status, become the manifests of every cluster. An access point that
 * would not be accepted renders nothing and is told of in the findings.
 * @param nowMs decides which drains are still on, in milliseconds since the epoch
 */
export function renderOffline(objects: readonly KubeObject[], nowMs: number): OfflineRender {
  const hub = hubObjectsOf(objects);
  const rivals = rivalsAmong(hub);
  const names = renderNamesOffline(hub, nowMs);
  const deployments = renderDeploymentsOffline(hub);
  const results = hub.accessPoints.map((accessPoint) => renderOne(accessPoint, hub, rivals, nowMs));
  return {
    manifests: byCluster([
      ...results.flatMap((result) => result.manifests),
      ...names.manifests,
      ...deployments.manifests,
    ]),
    findings: [
      ...hub.findings,
      ...results.flatMap((result) => result.findings),
      ...names.findings,
      ...deployments.findings,
    ],
  };
}

function renderOne(accessPoint: AccessPoint, hub: HubObjects, rivals: ClaimIndex, nowMs: number): OfflineRender {
  const key = namespacedName(accessPoint);
  const { accepted, findings } = acceptAccessPoint(
    rivals.get(key) ?? claimantOf(accessPoint, hub, []),
    rivals.rivalsOf(key),
    hub,
    previousClusters(accessPoint),
  );
  if (accepted === undefined || accessPoint.spec === undefined) return { manifests: [], findings };
  const { clusters, mesh } = accepted;
  const revision = revisionDigest(snapshotOf(accessPoint.spec, mesh, clusters));
  const facts = renderFacts(rememberedFacts(accessPoint.status), {
    clusters: hub.clusters,
    drains: activeDrains(accessPoint.spec.runtime.drain, nowMs),
    addresses: addressesOf(addressOwner(accessPoint), hub.pools),
    declaredBy: accessPoint,
  });
  const meshIntent = { metadata: { name: accessPoint.spec.mesh }, spec: mesh };
  const rendered = clusters.map((cluster) =>
    renderAccessPoint({ accessPoint, mesh: meshIntent, clusters, facts, cluster, revision }),
  );
  return {
    manifests: rendered.flatMap((result) => result.manifests),
    findings: [...findings, ...rendered.flatMap((result) => result.findings)],
  };
}

function rivalsAmong(hub: HubObjects): ClaimIndex {
  const index = new ClaimIndex();
  // In files nothing runs yet: between two that want the same, age decides.
  for (const accessPoint of hub.accessPoints)
    index.update(namespacedName(accessPoint), claimantOf(accessPoint, hub, []));
  return index;
}

/** Where an access point was placed last, as its status says. */
export function previousClusters({ status }: AccessPoint): ReadonlySet<string> {
  return new Set((status?.clusters ?? []).map(({ cluster }) => cluster));
}

/** Groups by cluster; the Namespace that several access points share is told once. */
function byCluster(manifests: readonly Manifest[]): Manifest[] {
  const clusters = new Map<string, Map<string, Manifest>>();
  for (const manifest of manifests) {
    const name = manifest.metadata.annotations?.[annotations.cluster] ?? '';
    const objects = clusters.get(name) ?? new Map<string, Manifest>();
    const key = objectKey(manifest);
    const before = objects.get(key);
    if (before === undefined || canonicalJson(before) !== canonicalJson(manifest)) objects.set(key, manifest);
    clusters.set(name, objects);
  }
  return [...clusters.keys()].sort().flatMap((name) => sortManifests([...(clusters.get(name)?.values() ?? [])]));
}
