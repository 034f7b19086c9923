import { type AccessPoint, type AccessPointStatus, renderAccessPoint, type RenderInput } from '../../accesspoint';
import { digestOf } from '../../kernel';
import type { AcceptedIntent } from '../acceptance';
import type { Bundle } from '../api';
import { drainEndsMs, drainsInForce, foldFacts, rememberedFacts, renderFacts } from '../facts';
import { decideRelease, earliest, ownerOf, type ReleaseDecision, type Rendering, type ZoneView } from '../release';
import { type AccessPointSnapshot, snapshotOf } from '../revision';
import type { AccessPointInput, RememberedRendering } from './access-point-input';
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
  const known = renderFacts(facts, { clusters, drains, addresses, declaredBy: accessPoint });
  const owner = ownerOf('AccessPoint', accessPoint);
  const remembered: RememberedRendering = input.remembered ?? ((_key, render) => render());
  const sharedFacts = digestOf([known.vips, known.drains, known.addresses, known.rates]);
  const decision = decideRelease<AccessPointSnapshot>({
    ...input,
    owner,
    object: accessPoint,
    accepted: snapshotOfAccepted(accessPoint, accepted),
    recorded: accessPoint.status?.clusters ?? [],
    paused: accessPoint.spec?.paused === true,
    render: (snapshot, revision, cluster) => {
      const unlabelled = known.gatewaysWithoutLocality?.[cluster.name] ?? [];
      // A revision is named by its content, and workload clusters get no more than that: facts change what gateway clusters get.
      const facts = cluster.role === 'Gateway' ? `${sharedFacts} ${unlabelled.join(' ')}` : '';
      return remembered(`${cluster.name} ${revision} ${facts}`, () =>
        renderedOf({ accessPoint, snapshot, facts: known, cluster, revision }),
      );
    },
  });
  const againMs = earliest([decision.againMs, ...drainEndsMs(drains)]);
  return { ...decision, againMs, status: accessPointStatus({ input, decision, facts, drains }) };
}

function renderedOf({
  accessPoint,
  snapshot,
  ...rest
}: Pick<RenderInput, 'accessPoint' | 'facts' | 'cluster' | 'revision'> & {
  readonly snapshot: AccessPointSnapshot;
}): Rendering {
  const { apiVersion, kind, metadata } = accessPoint;
  const { name, namespace = 'default' } = metadata;
  const { manifests, findings } = renderAccessPoint({
    ...rest,
    accessPoint: { apiVersion, kind, metadata: { name, namespace }, spec: snapshot.accessPoint },
    mesh: { metadata: { name: snapshot.meshName }, spec: snapshot.mesh },
    clusters: snapshot.clusters,
  });
  return { manifests, findings, digest: digestOf(manifests) };
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
