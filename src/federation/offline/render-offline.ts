import {
  type AccessPoint,
  type Claimant,
  conflictFindings,
  renderAccessPoint,
  sortManifests,
  validateAccessPoint,
} from '../../accesspoint';
import { canonicalJson, type Finding } from '../../kernel';
import { type KubeObject, objectKey } from '../../kube/schema';
import { annotations, type Manifest, type MemberCluster } from '../api';
import { rememberedFacts, renderFacts } from '../facts';
import { placeAccessPoint } from '../placement';
import { revisionDigest, snapshotOf } from '../revision';
import { type HubObjects, hubObjectsOf } from './hub-objects';

/** What `flotilla render` prints. */
export interface OfflineRender {
  /** By cluster, then in order of application. */
  readonly manifests: readonly Manifest[];
  readonly findings: readonly Finding[];
}

/**
 * Steps 1 to 3 without a server: hub objects, with facts in their status, become the manifests of every cluster. An access point that
 * would not be accepted renders nothing and is told of in the findings.
 */
export function renderOffline(objects: readonly KubeObject[]): OfflineRender {
  const hub = hubObjectsOf(objects);
  const results = hub.accessPoints.map((accessPoint) => renderOne(accessPoint, hub));
  return {
    manifests: byCluster(results.flatMap((result) => result.manifests)),
    findings: [...hub.findings, ...results.flatMap((result) => result.findings)],
  };
}

function renderOne(accessPoint: AccessPoint, hub: HubObjects): OfflineRender {
  const placement = placeAccessPoint(accessPoint, hub.clusters);
  const errors = [...validateAccessPoint(accessPoint, hub), ...placement.findings, ...conflictsOf(accessPoint, hub)];
  const mesh = hub.meshes.find((candidate) => candidate.metadata.name === accessPoint.spec?.mesh);
  if (errors.some((finding) => finding.severity === 'error') || !mesh?.spec || !accessPoint.spec) {
    return { manifests: [], findings: errors };
  }
  const snapshot = snapshotOf(accessPoint.spec, mesh.spec, placement.clusters);
  const revision = revisionDigest(snapshot);
  const facts = factsOf(accessPoint, hub.clusters);
  const rendered = placement.clusters.map((cluster) =>
    renderAccessPoint({ accessPoint, mesh, clusters: placement.clusters, facts, cluster, revision }),
  );
  return {
    manifests: rendered.flatMap((result) => result.manifests),
    findings: [...errors, ...rendered.flatMap((result) => result.findings)],
  };
}

function factsOf(accessPoint: AccessPoint, clusters: readonly MemberCluster[]): ReturnType<typeof renderFacts> {
  return renderFacts(rememberedFacts(accessPoint.status), clusters);
}

function conflictsOf(accessPoint: AccessPoint, hub: HubObjects): Finding[] {
  const claimants = hub.accessPoints.map((other): Claimant => {
    const valid = validateAccessPoint(other, hub).every((finding) => finding.severity !== 'error');
    return { accessPoint: other, wanted: valid ? other.spec : undefined, released: [] };
  });
  return conflictFindings({ accessPoint, wanted: accessPoint.spec, released: [] }, claimants);
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
