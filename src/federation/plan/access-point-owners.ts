import { type AccessPoint, type PlacedCluster, renderAccessPoint } from '../../accesspoint';
import { namespacedName } from '../../kube/schema';
import { acceptAccessPoint, claimantOf, ClaimIndex } from '../acceptance';
import { addressesOf, addressOwner } from '../addresses';
import { type Bundle, type Manifest, type Revision, SYSTEM_NAMESPACE } from '../api';
import { drainsInForce, rememberedFacts, renderFacts } from '../facts';
import { type HubObjects, previousClusters } from '../offline';
import {
  type AccessPointSnapshot,
  lastPlacement,
  newestRevision,
  revisionDigest,
  snapshotIn,
  snapshotOf,
} from '../revision';
import { strategyOf } from '../rollout';
import { type OwnerHistory, releasedOf } from './owner-history';
import type { OwnerState, PlannedRevision } from './owner-state';
import { trafficExposure } from './traffic-exposure';

/** Every access point of a set of hub objects as a plan looks at it. `nowMs` decides which drains are on. */
export function accessPointOwners(hub: HubObjects, history: OwnerHistory, nowMs: number): readonly OwnerState[] {
  const claims = new ClaimIndex();
  for (const accessPoint of hub.accessPoints) {
    claims.update(
      namespacedName(accessPoint),
      claimantOf(accessPoint, hub, history.get(addressOwner(accessPoint)) ?? []),
    );
  }
  const bundles = bundlesByOwner(hub.bundles);
  return hub.accessPoints.map((accessPoint) => ownerState(accessPoint, { hub, history, claims, bundles, nowMs }));
}

interface Surroundings {
  readonly hub: HubObjects;
  readonly history: OwnerHistory;
  readonly claims: ClaimIndex;
  readonly bundles: ReadonlyMap<string, readonly Bundle[]>;
  readonly nowMs: number;
}

function ownerState(accessPoint: AccessPoint, { hub, history, claims, bundles, nowMs }: Surroundings): OwnerState {
  const { status, spec, metadata } = accessPoint;
  const key = addressOwner(accessPoint);
  const revisions = history.get(key) ?? [];
  const name = namespacedName(accessPoint);
  const candidate = claims.get(name) ?? claimantOf(accessPoint, hub, revisions);
  const previous = placedLast(accessPoint, revisions);
  const { accepted, findings } = acceptAccessPoint(candidate, claims.rivalsOf(name), hub, previous);
  const target = targetOf(accessPoint, accepted, revisions);
  const facts = renderFacts(rememberedFacts(status), {
    clusters: hub.clusters,
    drains: drainsInForce(accessPoint, accepted !== undefined, nowMs),
    addresses: addressesOf(key, hub.pools),
    declaredBy: accessPoint,
  });
  const placed = target?.snapshot.clusters ?? [];
  return {
    key,
    namespace: metadata.namespace ?? 'default',
    target,
    released: releasedOf(target, status?.clusters ?? [], revisions),
    facts,
    render: (revision, cluster) => renderOne(accessPoint, revision, cluster, facts),
    findings,
    strategy: strategyOf(spec, hub.rolloutPolicies),
    hosts: spec?.hosts ?? [],
    vips: placed.flatMap((cluster) => facts.vips[cluster.name] ?? []),
    traffic: trafficExposure({
      clusters: placed,
      rows: status?.clusters ?? [],
      bundles: bundles.get(key) ?? [],
      drained: new Set(Object.keys(facts.drains ?? {})),
      failoverOrder: spec?.runtime.locality.failoverOrder ?? [],
    }),
  };
}

function renderOne(
  { apiVersion, kind, metadata }: AccessPoint,
  revision: PlannedRevision,
  cluster: PlacedCluster,
  facts: ReturnType<typeof renderFacts>,
): readonly Manifest[] {
  // Revisions of access points hold what access points freeze.
  const { accessPoint: spec, mesh, meshName, clusters } = revision.snapshot as AccessPointSnapshot;
  const { name, namespace = 'default' } = metadata;
  const intent = { accessPoint: { apiVersion, kind, metadata: { name, namespace }, spec } };
  const meshIntent = { metadata: { name: meshName }, spec: mesh };
  return renderAccessPoint({ ...intent, mesh: meshIntent, clusters, facts, cluster, revision: revision.digest })
    .manifests;
}

/** The accepted intent; what is not accepted leaves the newest revision the target, as on the hub. */
function targetOf(
  { spec }: AccessPoint,
  accepted: ReturnType<typeof acceptAccessPoint>['accepted'],
  revisions: readonly Revision[],
): PlannedRevision | undefined {
  if (accepted !== undefined && spec !== undefined) {
    const snapshot = snapshotOf(spec, accepted.mesh, accepted.clusters);
    return { snapshot, digest: revisionDigest(snapshot) };
  }
  const newest = newestRevision(revisions);
  const snapshot = newest === undefined ? undefined : snapshotIn<AccessPointSnapshot>(newest);
  return newest?.spec === undefined || snapshot === undefined ? undefined : { snapshot, digest: newest.spec.digest };
}

/** Choices are kept from the newest revision; where the set has none, from the status. */
function placedLast(accessPoint: AccessPoint, revisions: readonly Revision[]): ReadonlySet<string> {
  return revisions.length === 0 ? previousClusters(accessPoint) : lastPlacement(revisions);
}

function bundlesByOwner(bundles: readonly Bundle[]): ReadonlyMap<string, readonly Bundle[]> {
  const byOwner = new Map<string, Bundle[]>();
  for (const bundle of bundles) {
    if (bundle.spec === undefined || bundle.metadata.namespace !== SYSTEM_NAMESPACE) continue;
    const { kind, namespace = 'default', name } = bundle.spec.owner;
    const key = `${kind}/${namespace}/${name}`;
    byOwner.set(key, [...(byOwner.get(key) ?? []), bundle]);
  }
  return byOwner;
}
