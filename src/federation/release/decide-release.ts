import type { PlacedCluster } from '../../accesspoint';
import type { Finding } from '../../kernel';
import type { KubeObject } from '../../kube/schema';
import type {
  Bundle,
  BundleSpec,
  Manifest,
  MemberCluster,
  Revision,
  Rollout,
  RolloutApproval,
  RolloutStrategy,
} from '../api';
import { bundleProgress, bundleSpecOf, sameBundle } from '../bundle';
import { revisionByDigest, type Snapshot, snapshotIn } from '../revision';
import { type ClusterObservation, measurementsOf, memoryOf, planRollout, type RolloutPlan } from '../rollout';
import { bundleIdentity, type Owner, revisionName } from './owner';
import { leavingClusters, type ReleasedRevision, releasedRevisions, type ReleaseRecord } from './released-revisions';
import { recordRollout } from './rollout-record';
import { type TargetRevision, targetRevision } from './target-revision';
import type { ZoneView } from './zone-view';

/** What one cluster gets at one revision. */
export interface Rendering {
  readonly manifests: readonly Manifest[];
  readonly findings: readonly Finding[];
  /** Digest of the manifests, when it is known already. */
  readonly digest?: string;
}

/** Everything that is known when one owner is released. */
export interface ReleaseInput<S extends Snapshot> {
  readonly owner: Owner;
  /** The owner as it stands on the hub. */
  readonly object: KubeObject;
  /** The written intent, when it is accepted; undefined leaves the last accepted revision the target. */
  readonly accepted: S | undefined;
  /** What the owner's status says is released. */
  readonly recorded: readonly ReleaseRecord[];
  readonly paused: boolean;
  /** Revisions, rollouts and approvals of this owner. */
  readonly revisions: readonly Revision[];
  readonly rollouts: readonly Rollout[];
  readonly approvals: readonly RolloutApproval[];
  /** How a new rollout goes; one that exists has its own. */
  readonly strategy: RolloutStrategy;
  readonly clusters: readonly MemberCluster[];
  readonly zones: ReadonlyMap<string, ZoneView>;
  /** Renders a revision for a cluster, with the facts of this moment. */
  readonly render: (snapshot: S, revision: string, cluster: PlacedCluster) => Rendering;
  readonly epoch: number;
  readonly nowMs: number;
}

/** A bundle to write or delete in a gateway cluster. */
export interface BundleChange {
  readonly gateway: string;
  readonly bundle: Bundle;
}

/** What follows, in the order in which it has to be carried out. */
export interface ReleaseDecision<S extends Snapshot> {
  /** Undefined when nothing was ever accepted. */
  readonly target: TargetRevision<S> | undefined;
  readonly plan: RolloutPlan | undefined;
  readonly createRevision?: Revision | undefined;
  readonly rollout?: { readonly create: boolean; readonly object: Rollout } | undefined;
  /** Rollouts that a newer one made pointless. */
  readonly superseded: readonly Rollout[];
  /** What is released once this is carried out; must be stored in the owner's status before any bundle is written. */
  readonly released: ReadonlyMap<string, ReleasedRevision>;
  readonly findings: readonly Finding[];
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

type Released = ReadonlyMap<string, ReleasedRevision>;

/**
 * Decides the release of one owner: the revision, the next step of its rollout, and the bundles at each cluster's released revision with the facts of
 * this moment. Pure; the same input gives the same decision, so that a restarted hub goes on where it was.
 */
export function decideRelease<S extends Snapshot>(input: ReleaseInput<S>): ReleaseDecision<S> {
  const { owner, object, zones, nowMs } = input;
  const target = targetRevision(owner, object, input.accepted, input.revisions);
  const before = releasedRevisions(input.recorded, zones);
  if (target === undefined) return nothingAccepted();
  const rollout = input.rollouts.find((candidate) => candidate.spec?.number === target.number);
  const current = wantedBundles(input, target, before);
  const plan = planOf(input, target, { released: before, wanted: current, rollout });
  const released = afterStep(before, plan, target, zones);
  const step = new Map(
    [...released].filter(([cluster]) => plan.release.some((release) => release.cluster === cluster)),
  );
  const next = wantedBundles(input, target, step);
  const wanted = new Map([...current, ...next].filter(([cluster]) => released.has(cluster)));
  return {
    target,
    plan,
    createRevision: target.create,
    ...recordRollout({
      owner,
      object,
      target,
      strategy: input.strategy,
      plan,
      rollout,
      rollouts: input.rollouts,
      nowMs,
    }),
    released,
    findings: [...wanted.values()].flatMap(({ findings }) => findings),
    write: bundlesToWrite(wanted, zones),
    remove: bundlesToRemove(owner, plan, before, zones),
    againMs: plan.againMs,
  };
}

function nothingAccepted<S extends Snapshot>(): ReleaseDecision<S> {
  const nothing = {
    superseded: [],
    released: new Map<string, ReleasedRevision>(),
    findings: [],
    write: [],
    remove: [],
  };
  return { target: undefined, plan: undefined, ...nothing };
}

interface Standing {
  readonly released: Released;
  readonly wanted: ReadonlyMap<string, WantedBundle>;
  readonly rollout: Rollout | undefined;
}

function planOf<S extends Snapshot>(
  input: ReleaseInput<S>,
  target: TargetRevision<S>,
  standing: Standing,
): RolloutPlan {
  const { approvals, nowMs } = input;
  const { rollout, released } = standing;
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
    name: revisionName(input.owner, target.number),
    target: target.digest,
    strategy: rollout?.spec?.strategy ?? input.strategy,
    clusters: target.snapshot.clusters,
    labels: new Map(input.clusters.map(({ metadata }) => [metadata.name, metadata.labels ?? {}])),
    observations: observationsOf(input, target, standing, leaving),
    leaving,
    memory: memoryOf(rollout),
    paused: input.paused || rollout?.spec?.paused === true,
    ...{ goal, promoteFully, skippedGates, skippedClusters, author, approvals, nowMs },
    measurements: measurementsOf([...input.zones.values()].flatMap(({ bundles }) => [...bundles.values()])),
  });
}

function observationsOf<S extends Snapshot>(
  input: ReleaseInput<S>,
  target: TargetRevision<S>,
  { released, wanted }: Standing,
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

function heldReason(
  cluster: string,
  zone: string,
  { zones, clusters }: Pick<ReleaseInput<Snapshot>, 'zones' | 'clusters'>,
): string | undefined {
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
  before: Released,
  plan: RolloutPlan,
  target: TargetRevision<Snapshot>,
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

function wantedBundles<S extends Snapshot>(
  input: ReleaseInput<S>,
  target: TargetRevision<S>,
  released: Released,
): Map<string, WantedBundle> {
  const { owner, revisions, epoch, render } = input;
  const wanted = new Map<string, WantedBundle>();
  for (const [name, { revision }] of released) {
    const snapshot = revision === target.digest ? target.snapshot : frozenIntent<S>(revisions, revision);
    const cluster = snapshot?.clusters.find((placed) => placed.name === name);
    if (snapshot === undefined || cluster === undefined) continue;
    const { manifests, findings, digest } = render(snapshot, revision, cluster);
    const spec = bundleSpecOf({ owner, mesh: snapshot.meshName, revision, cluster, epoch, manifests, digest });
    wanted.set(name, { bundle: { ...bundleIdentity(owner, name), spec }, findings });
  }
  return wanted;
}

function frozenIntent<S extends Snapshot>(revisions: readonly Revision[], digest: string): S | undefined {
  const revision = revisionByDigest(revisions, digest);
  return revision === undefined ? undefined : snapshotIn<S>(revision);
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
  owner: Owner,
  plan: RolloutPlan,
  released: Released,
  zones: ReadonlyMap<string, ZoneView>,
): BundleChange[] {
  return plan.remove.flatMap((cluster) => {
    const view = zones.get(released.get(cluster)?.zone ?? '');
    return view === undefined ? [] : [{ gateway: view.gateway, bundle: bundleIdentity(owner, cluster) }];
  });
}
