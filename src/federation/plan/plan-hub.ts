import { lintTextList } from '../../istio/lint';
import { canonicalJson, type Finding } from '../../kernel';
import { type KubeObject, objectKey } from '../../kube/schema';
import { renderedTraps } from '../acceptance';
import { annotations, type Manifest } from '../api';
import { type HubObjects, hubObjectsOf, type ParsedObjects } from '../offline';
import { accessPointOwners } from './access-point-owners';
import { type BlastRadius, blastRadiusOf, type TouchedOwner } from './blast-radius';
import { deploymentOwners } from './deployment-owners';
import { heldClusters } from './held-clusters';
import { intentChanges } from './intent-changes';
import { nameOwners } from './name-owners';
import { historyOf, type OwnerHistory } from './owner-history';
import type { OwnerState } from './owner-state';
import { type FleetChange, planChange } from './plan-change';
import { ownerManifests, type OwnerManifests } from './plan-owner';

/** The whole change before it happens, in the shape of `flotilla plan -o json`. */
export interface ChangePlan extends FleetChange {
  readonly kind: 'Plan';
  readonly findings: readonly Finding[];
  readonly blastRadius: BlastRadius;
}

/** A plan, and the manifests behind it. */
export interface PlannedChange {
  readonly plan: ChangePlan;
  /** What every changed owner would have in its clusters. */
  readonly wanted: readonly Manifest[];
}

/**
 * Plans the change from one set of hub objects to another, with the facts in their status: what every cluster gets, loses and
 * changes. Pure. Findings are those of the next set; what was wrong before already is left out when `onlyNew` is set.
 * @param nowMs decides which drains are on, in milliseconds since the epoch
 */
export function planHub(
  base: readonly KubeObject[],
  next: readonly KubeObject[],
  { nowMs, onlyNew = false }: { readonly nowMs: number; readonly onlyNew?: boolean },
): PlannedChange {
  const parsed: ParsedObjects = new Map();
  const old = hubObjectsOf(base, parsed);
  const wanted = hubObjectsOf(sharingEqual(base, next), parsed);
  const history = historyOf(old.revisions);
  const before = ownersOf(old, history, nowMs);
  const after = ownersOf(wanted, history, nowMs);
  const changed = changedOwners(before, after);
  const held = heldClusters(wanted.clusters);
  const states = statesOf(changed, before);
  const { change, touched } = planChange({ ...states, intent: intentChanges(intentOf(old), intentOf(wanted)), held });
  const labels = new Map(
    [...old.clusters, ...wanted.clusters].map(({ metadata }) => [metadata.name, metadata.labels ?? {}]),
  );
  const findings = findingsOf(wanted, after);
  const known = new Set(onlyNew ? findingsOf(old, before).map((finding) => canonicalJson(finding)) : []);
  return {
    plan: {
      kind: 'Plan',
      ...change,
      findings: [...findings.filter((finding) => !known.has(canonicalJson(finding))), ...newTraps(states, old, wanted)],
      blastRadius: blastRadiusOf(touchedOwners(changed, touched), change.clusters, labels),
    },
    wanted: states.after,
  };
}

/** Objects of the next set that equal one of the base are replaced by it, so that they are parsed once and seen to be the same. */
function sharingEqual(base: readonly KubeObject[], next: readonly KubeObject[]): readonly KubeObject[] {
  const known = new Set(base);
  if (next.every((object) => known.has(object))) return next;
  const byContent = new Map(base.map((object) => [canonicalJson(object), object]));
  return next.map((object) => (known.has(object) ? object : (byContent.get(canonicalJson(object)) ?? object)));
}

function ownersOf(hub: HubObjects, history: OwnerHistory, nowMs: number): readonly OwnerState[] {
  return [
    ...accessPointOwners(hub, history, nowMs),
    ...deploymentOwners(hub, history),
    ...nameOwners(hub, history, nowMs),
  ];
}

/** What people wrote, with defaults filled in, so that a default that is written out is no change. */
function intentOf(hub: HubObjects): readonly KubeObject[] {
  const { meshes, clusters, accessPoints, policies, pools, rolloutPolicies, deployments, nameServices } = hub;
  return [
    ...meshes,
    ...clusters,
    ...accessPoints,
    ...policies,
    ...pools,
    ...rolloutPolicies,
    ...deployments,
    ...nameServices,
  ];
}

function changedOwners(before: readonly OwnerState[], after: readonly OwnerState[]): readonly OwnerManifests[] {
  const old = new Map(before.map((owner) => [owner.key, owner]));
  const wanted = new Map(after.map((owner) => [owner.key, owner]));
  const keys = [...new Set([...old.keys(), ...wanted.keys()])].sort();
  return keys.flatMap((key) => ownerManifests(old.get(key), wanted.get(key)) ?? []);
}

/** Both states of what changes. Namespaces are shared by owners and never deleted: one comes only where no owner brought it before. */
function statesOf(
  changed: readonly OwnerManifests[],
  base: readonly OwnerState[],
): { readonly before: readonly Manifest[]; readonly after: readonly Manifest[] } {
  const before = changed.flatMap((owner) => [...owner.before.values()].flat());
  const after = changed.flatMap((owner) => [...owner.after.values()].flat());
  const kept = new Set(after.filter(isNamespace).map(placedKey));
  const rendered = new Set(before.filter(isNamespace).map(placedKey));
  const there = new Set(
    base.flatMap(({ namespace, released }) => [...released.keys()].map((cluster) => `${cluster} ${namespace}`)),
  );
  const isNew = (manifest: Manifest): boolean =>
    rendered.has(placedKey(manifest)) || !there.has(`${clusterOf(manifest)} ${manifest.metadata.name}`);
  return {
    before: before.filter((manifest) => !isNamespace(manifest) || kept.has(placedKey(manifest))),
    after: after.filter((manifest) => !isNamespace(manifest) || isNew(manifest)),
  };
}

function isNamespace({ kind }: Manifest): boolean {
  return kind === 'Namespace';
}

function clusterOf({ metadata }: Manifest): string {
  return metadata.annotations?.[annotations.cluster] ?? '';
}

function placedKey(manifest: Manifest): string {
  return `${clusterOf(manifest)} ${objectKey(manifest)}`;
}

/** Which owners change which clusters: the two sides of a blast radius. */
function touchedOwners(owners: readonly OwnerManifests[], touched: readonly Manifest[]): readonly TouchedOwner[] {
  const changed = new Set(touched);
  return owners.flatMap(({ owner, before, after }) => {
    const isTouched = (manifest: Manifest): boolean => changed.has(manifest) && !isNamespace(manifest);
    const clusters = new Set(
      [...before, ...after].flatMap(([cluster, manifests]) => (manifests.some(isTouched) ? [cluster] : [])),
    );
    return clusters.size === 0 ? [] : [{ owner, clusters }];
  });
}

/** What would bite in the objects that change, and did not before. */
function newTraps(
  { before, after }: { readonly before: readonly Manifest[]; readonly after: readonly Manifest[] },
  old: HubObjects,
  wanted: HubObjects,
): Finding[] {
  const traps = renderedTraps(after, wanted);
  if (traps.length === 0) return traps;
  const known = new Set(renderedTraps(before, old).map((finding) => canonicalJson(finding)));
  return traps.filter((finding) => !known.has(canonicalJson(finding)));
}

/** Traps are told of the objects that change, and only where they are new. */
function findingsOf(hub: HubObjects, owners: readonly OwnerState[]): readonly Finding[] {
  return [...hub.findings, ...owners.flatMap(({ findings }) => findings.filter(({ code }) => !TRAPS.has(code)))];
}

const TRAPS: ReadonlySet<string> = new Set(lintTextList.map(({ code }) => code));
