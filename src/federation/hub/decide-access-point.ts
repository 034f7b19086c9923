import type { AccessPoint, AccessPointStatus, PlacedCluster } from '../../accesspoint';
import type { Finding } from '../../kernel';
import type { Bundle, BundleSpec, Revision, Rollout } from '../api';
import { bundleIdentity, bundleOf, bundleProgress, sameBundle } from '../bundle';
import { type ClusterFacts, type Drain, drainsInForce, foldFacts, rememberedFacts, renderFacts } from '../facts';
import { revisionByDigest, revisionName, type Snapshot, snapshotIn } from '../revision';
import { type ClusterObservation, measurementsOf, memoryOf, planRollout, type RolloutPlan } from '../rollout';
import type { AccessPointInput } from './access-point-input';
import { accessPointStatus } from './access-point-status';
import { leavingClusters, type ReleasedRevision, releasedRevisions } from './released-revisions';
import { decideRollout } from './decide-rollout';
import { type TargetRevision, targetRevision } from './target-revision';
import type { ZoneView } from './zone-view';

/** A bundle to write or delete in a gateway cluster. */
export interface BundleChange {
  readonly gateway: string;
  readonly bundle: Bundle;
}

/** What follows, in the order in which it has to be carried out. */
export interface AccessPointDecision {
  readonly createRevision?: Revision | undefined;
  readonly rollout?: { readonly create: boolean; readonly object: Rollout } | undefined;
  /** The rollouts that a newer one made pointless. */
  readonly superseded: readonly Rollout[];
  /** Holds the record of what is released; must be stored before any bundle is written. */
  readonly status: AccessPointStatus;
  readonly write: readonly BundleChange[];
  readonly remove: readonly BundleChange[];
  /** When to look again without any change, in milliseconds since the epoch. */
  readonly againMs?: number | undefined;
}

/** What one cluster should hold now, at the revision that was released to it. */
interface WantedBundle {
  readonly bundle: Bundle & { readonly spec: BundleSpec };
  readonly findings: readonly Finding[];
}

/**
 * Decides everything about one access point: the revision, the next step of its rollout, the bundles at each cluster's released revision with
 * the facts of this moment, and the status. Pure; the same input gives the same decision, so that a restarted hub goes on where it was.
 */
export function decideAccessPoint(input: AccessPointInput): AccessPointDecision {
  const { accessPoint, zones } = input;
  const target = targetRevision(accessPoint, input.accepted, input.revisions);
  const facts = foldFacts(rememberedFacts(accessPoint.status), reportsOf(zones));
  const before = releasedRevisions(accessPoint, zones);
  if (target === undefined) {
    return { ...statusOnly(input, facts), superseded: [], write: [], remove: [] };
  }
  const rollout = input.rollouts.find((candidate) => candidate.spec?.number === target.number);
  const current = wantedBundles({ input, target, facts, released: before });
  const plan = planOf({ input, target, released: before, wanted: current, rollout });
  const released = afterStep(before, plan, target, zones);
  const step = new Map(
    [...released].filter(([cluster]) => plan.release.some((release) => release.cluster === cluster)),
  );
  const next = wantedBundles({ input, target, facts, released: step });
  const wanted = new Map([...current, ...next].filter(([cluster]) => released.has(cluster)));
  const { strategy, rollouts, nowMs } = input;
  const decided = decideRollout({ accessPoint, target, strategy, plan, rollout, rollouts, nowMs });
  return {
    createRevision: target.create,
    ...decided,
    status: accessPointStatus({
      input,
      target,
      facts,
      released,
      plan,
      findings: [...wanted.values()].flatMap(({ findings }) => findings),
    }),
    write: bundlesToWrite(wanted, zones),
    remove: bundlesToRemove(plan, before, input),
    againMs: plan.againMs,
  };
}

interface StepInput {
  readonly input: AccessPointInput;
  readonly target: TargetRevision;
  readonly facts: ClusterFacts;
  readonly released: ReadonlyMap<string, ReleasedRevision>;
}

function statusOnly(input: AccessPointInput, facts: ClusterFacts): Pick<AccessPointDecision, 'status'> {
  const released = new Map<string, ReleasedRevision>();
  return { status: accessPointStatus({ input, target: undefined, facts, released, plan: undefined, findings: [] }) };
}

interface PlanInput extends Omit<StepInput, 'facts'> {
  readonly wanted: ReadonlyMap<string, WantedBundle>;
  readonly rollout: Rollout | undefined;
}

function planOf({ input, target, released, wanted, rollout }: PlanInput): RolloutPlan {
  const { accessPoint, approvals, nowMs } = input;
  const placed = new Set(target.snapshot.clusters.map(({ name }) => name));
  const leaving = leavingClusters(released, placed, input.zones);
  const {
    goal = 'Release',
    promoteFully = false,
    skippedGates = [],
    skippedClusters = [],
    author,
  } = rollout?.spec ?? {};
  return planRollout({
    name: revisionName(accessPoint.metadata.name, target.number),
    target: target.digest,
    strategy: rollout?.spec?.strategy ?? input.strategy,
    clusters: target.snapshot.clusters,
    labels: new Map(input.clusters.map(({ metadata }) => [metadata.name, metadata.labels ?? {}])),
    observations: observationsOf({ input, target, released, wanted }, leaving),
    leaving,
    memory: memoryOf(rollout),
    paused: accessPoint.spec?.paused === true || rollout?.spec?.paused === true,
    ...{ goal, promoteFully, skippedGates, skippedClusters, author, approvals, nowMs },
    measurements: measurementsOf([...input.zones.values()].flatMap(({ bundles }) => [...bundles.values()])),
  });
}

function observationsOf(
  { input, target, released, wanted }: Omit<PlanInput, 'rollout'>,
  leaving: ReadonlyMap<string, string>,
): Map<string, ClusterObservation> {
  const observe = (cluster: string, zone: string): ClusterObservation => ({
    released: released.get(cluster)?.revision,
    held: heldReason(cluster, zone, input),
    progress: progressOf(cluster, zone, wanted, input.zones),
  });
  const placed = target.snapshot.clusters.map(({ name, zone }) => [name, observe(name, zone)] as const);
  return new Map([...placed, ...[...leaving].map(([cluster, zone]) => [cluster, observe(cluster, zone)] as const)]);
}

function heldReason(cluster: string, zone: string, { zones, clusters }: AccessPointInput): string | undefined {
  const view = zones.get(zone);
  if (view === undefined) return `zone ${zone} has no gateway cluster`;
  const member = clusters.find(({ metadata }) => metadata.name === cluster);
  return view.held ?? (member?.spec?.paused === true ? 'the cluster is paused' : undefined);
}

function progressOf(
  cluster: string,
  zone: string,
  wanted: ReadonlyMap<string, WantedBundle>,
  zones: ReadonlyMap<string, ZoneView>,
): ClusterObservation['progress'] {
  const bundle = wanted.get(cluster)?.bundle;
  const view = zones.get(zone);
  if (bundle === undefined || view === undefined) return undefined;
  const refused = view.refused.get(cluster);
  if (refused !== undefined) return { state: 'Failed', message: refused };
  return bundleProgress(bundle.spec, view.bundles.get(cluster));
}

/** What is withdrawn from is struck off the record; while its bundle is still there, the bundle itself keeps it in mind. */
function afterStep(
  before: ReadonlyMap<string, ReleasedRevision>,
  plan: RolloutPlan,
  target: TargetRevision,
  zones: ReadonlyMap<string, ZoneView>,
): Map<string, ReleasedRevision> {
  const placed = new Map(target.snapshot.clusters.map((cluster) => [cluster.name, cluster]));
  const leaving = leavingClusters(before, new Set(placed.keys()), zones);
  const after = new Map([...before].filter(([cluster]) => placed.has(cluster) || leaving.has(cluster)));
  for (const { cluster, revision } of plan.release)
    after.set(cluster, { zone: placed.get(cluster)?.zone ?? '', revision });
  for (const cluster of plan.remove) after.delete(cluster);
  return after;
}

function wantedBundles({ input, target, facts, released }: StepInput): Map<string, WantedBundle> {
  const { accessPoint, revisions, clusters, addresses, epoch } = input;
  const owner = ownerOf(accessPoint);
  const known = renderFacts(facts, { clusters, drains: drainsOf(input), addresses });
  const wanted = new Map<string, WantedBundle>();
  for (const [name, { revision }] of released) {
    const snapshot = revision === target.digest ? target.snapshot : frozenIntent(revisions, revision);
    const cluster = snapshot?.clusters.find((placed: PlacedCluster) => placed.name === name);
    if (snapshot === undefined || cluster === undefined) continue;
    wanted.set(name, bundleOf({ owner, snapshot, revision, facts: known, cluster, epoch }));
  }
  return wanted;
}

function drainsOf({ accessPoint, accepted, nowMs }: AccessPointInput): Drain[] {
  return drainsInForce(accessPoint, accepted !== undefined, nowMs);
}

function frozenIntent(revisions: readonly Revision[], digest: string): Snapshot | undefined {
  const revision = revisionByDigest(revisions, digest);
  return revision === undefined ? undefined : snapshotIn(revision);
}

function bundlesToWrite(
  wanted: ReadonlyMap<string, WantedBundle>,
  zones: ReadonlyMap<string, ZoneView>,
): BundleChange[] {
  return [...wanted.values()].flatMap(({ bundle }) => {
    const view = zones.get(bundle.spec.zone);
    if (view === undefined || view.held !== undefined) return [];
    const found = view.bundles.get(bundle.spec.cluster);
    return sameBundle(bundle.spec, found?.spec) ? [] : [{ gateway: view.gateway, bundle }];
  });
}

function bundlesToRemove(
  plan: RolloutPlan,
  released: ReadonlyMap<string, ReleasedRevision>,
  { accessPoint, zones }: AccessPointInput,
): BundleChange[] {
  return plan.remove.flatMap((cluster) => {
    const view = zones.get(released.get(cluster)?.zone ?? '');
    return view === undefined ? [] : [{ gateway: view.gateway, bundle: bundleIdentity(ownerOf(accessPoint), cluster) }];
  });
}

function reportsOf(zones: ReadonlyMap<string, ZoneView>): Map<string, Bundle['status']> {
  const reports = new Map<string, Bundle['status']>();
  for (const { bundles } of zones.values())
    for (const [cluster, bundle] of bundles) reports.set(cluster, bundle.status);
  return reports;
}

function ownerOf({ metadata }: AccessPoint): { namespace: string; name: string } {
  return { namespace: metadata.namespace ?? 'default', name: metadata.name };
}
