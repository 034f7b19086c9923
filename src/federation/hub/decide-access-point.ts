import { type AccessPoint, type AccessPointStatus, renderAccessPoint } from '../../accesspoint';
import type { AcceptedIntent } from '../acceptance';
import type { Bundle } from '../api';
import { drainsInForce, foldFacts, rememberedFacts, renderFacts } from '../facts';
import { decideRelease, ownerOf, type ReleaseDecision, type ZoneView } from '../release';
import { type AccessPointSnapshot, snapshotOf } from '../revision';
import type { AccessPointInput } from './access-point-input';
import { accessPointStatus } from './access-point-status';

/** What follows: the release, and the status that records it. */
export interface AccessPointDecision extends ReleaseDecision<AccessPointSnapshot> {
  readonly status: AccessPointStatus;
}

/** Decides everything about one access point: its release with the facts of this moment, and its status. */
export function decideAccessPoint(input: AccessPointInput): AccessPointDecision {
  const { accessPoint, accepted, zones, clusters, addresses, nowMs } = input;
  const facts = foldFacts(rememberedFacts(accessPoint.status), reportsOf(zones));
  const drains = drainsInForce(accessPoint, accepted !== undefined, nowMs);
  const known = renderFacts(facts, { clusters, drains, addresses });
  const owner = ownerOf('AccessPoint', accessPoint);
  const decision = decideRelease<AccessPointSnapshot>({
    ...input,
    owner,
    object: accessPoint,
    accepted: snapshotOfAccepted(accessPoint, accepted),
    recorded: accessPoint.status?.clusters ?? [],
    paused: accessPoint.spec?.paused === true,
    render: (snapshot, revision, cluster) =>
      renderAccessPoint({
        accessPoint: {
          apiVersion: accessPoint.apiVersion,
          kind: owner.kind,
          metadata: owner,
          spec: snapshot.accessPoint,
        },
        mesh: { metadata: { name: snapshot.meshName }, spec: snapshot.mesh },
        clusters: snapshot.clusters,
        facts: known,
        cluster,
        revision,
      }),
  });
  return { ...decision, status: accessPointStatus({ input, decision, facts, drains }) };
}

function snapshotOfAccepted(
  { spec }: AccessPoint,
  accepted: AcceptedIntent | undefined,
): AccessPointSnapshot | undefined {
  return accepted === undefined || spec === undefined ? undefined : snapshotOf(spec, accepted.mesh, accepted.clusters);
}

function reportsOf(zones: ReadonlyMap<string, ZoneView>): Map<string, Bundle['status']> {
  const reports = new Map<string, Bundle['status']>();
  for (const { bundles } of zones.values())
    for (const [cluster, bundle] of bundles) reports.set(cluster, bundle.status);
  return reports;
}
