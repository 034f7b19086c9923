import { digestOf, type ObjectReference } from '../../kernel';
import { type KubeObject, objectKey } from '../../kube/schema';
import { annotations, labels, type Manifest } from '../api';
import type { ClusterChange, ObjectChange } from './cluster-change';
import { diffObjects } from './diff-objects';
import type { IntentChange } from './intent-changes';

/** Clusters for which exactly the same happens, apart from objects of which nothing but the revision mark changes. */
export interface ChangeGroup {
  readonly clusters: readonly string[];
  readonly changes: readonly ObjectChange[];
  /** Objects of these clusters that get only the new revision mark. */
  readonly marked: number;
}

/** What changes where, and what it is called. */
export interface FleetChange {
  /** Over everything that would be applied, and nothing else. */
  readonly digest: string;
  /** What happens to the hub objects themselves. */
  readonly intent: readonly ObjectChange[];
  readonly clusters: readonly ClusterChange[];
  readonly groups: readonly ChangeGroup[];
}

/** What is compared. Manifests carry their cluster in the annotation `federation.flotilla.dev/cluster`. */
export interface FleetStates {
  readonly before: readonly Manifest[];
  readonly after: readonly Manifest[];
  readonly intent?: readonly IntentChange[];
  /** Clusters that cannot change now, with the reason. */
  readonly held: ReadonlyMap<string, string>;
}

/** A change, and the manifests that it is about: both sides of each object that comes, goes or changes. */
export interface ComparedFleet {
  readonly change: FleetChange;
  readonly touched: readonly Manifest[];
}

/** Compares two states of the fleet, cluster by cluster. Pure and sorted; clusters without a change are left out. */
export function planChange({ before, after, intent = [], held }: FleetStates): ComparedFleet {
  const old = byCluster(before);
  const wanted = byCluster(after);
  const names = [...new Set([...old.keys(), ...wanted.keys()])].sort();
  const touched: Manifest[] = [];
  const clusters = names
    .map((cluster): ClusterChange => {
      const reason = held.get(cluster);
      const changes = changesOf(old.get(cluster), wanted.get(cluster), touched);
      return { cluster, ...(reason === undefined ? { state: 'ready' } : { state: 'held', reason }), changes };
    })
    .filter(({ changes }) => changes.length > 0);
  const change = {
    digest: planDigest(intent, clusters, wanted),
    intent: intent.map(({ op, object, diff }) => ({ op, object, diff })),
    clusters,
    groups: groupsOf(clusters, wanted),
  };
  return { change, touched };
}

type Objects = ReadonlyMap<string, Manifest>;

function byCluster(manifests: readonly Manifest[]): ReadonlyMap<string, Objects> {
  const clusters = new Map<string, Map<string, Manifest>>();
  for (const manifest of manifests) {
    const cluster = manifest.metadata.annotations?.[annotations.cluster] ?? '';
    const objects = clusters.get(cluster) ?? new Map<string, Manifest>();
    clusters.set(cluster, objects.set(objectKey(manifest), manifest));
  }
  return clusters;
}

function changesOf(before: Objects = new Map(), after: Objects = new Map(), touched: Manifest[]): ObjectChange[] {
  const changes: ObjectChange[] = [];
  for (const key of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const old = before.get(key);
    const wanted = after.get(key);
    const change = objectChange(old, wanted);
    if (change === undefined) continue;
    changes.push(change);
    if (old !== undefined) touched.push(old);
    if (wanted !== undefined) touched.push(wanted);
  }
  return changes;
}

function objectChange(before: Manifest | undefined, after: Manifest | undefined): ObjectChange | undefined {
  if (!before && after) return { op: 'create', object: referenceTo(after), diff: [] };
  if (before && !after) return { op: 'delete', object: referenceTo(before), diff: [] };
  if (!before || !after) return undefined;
  const diff = diffObjects(before, after);
  return diff.length === 0 ? undefined : { op: 'update', object: referenceTo(after), diff };
}

function referenceTo({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectReference {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** Covers the content that is created, too, which the change list of a create does not show. */
function planDigest(
  intent: readonly IntentChange[],
  clusters: readonly ClusterChange[],
  after: ReadonlyMap<string, Objects>,
): string {
  const content = clusters.map(({ cluster, changes }) => ({
    cluster,
    changes: changes.map(({ op, object, diff }) => ({
      op,
      object,
      diff,
      content: op === 'create' ? after.get(cluster)?.get(keyOf(object)) : undefined,
    })),
  }));
  return digestOf({ intent, clusters: content });
}

function keyOf({ apiVersion, kind, name, namespace }: ObjectReference): string {
  return objectKey({ apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } });
}

/** Largest groups first. What is created counts with its content, except for the marks that name its cluster and revision. */
function groupsOf(clusters: readonly ClusterChange[], after: ReadonlyMap<string, Objects>): readonly ChangeGroup[] {
  const groups = new Map<string, { clusters: string[]; changes: readonly ObjectChange[]; marked: number }>();
  for (const { cluster, changes } of clusters) {
    const telling = changes.filter((change) => !isOnlyMarked(change));
    const content = telling.map(({ op, object, diff }) => ({
      op,
      object,
      diff: diff.filter(({ path }) => !isMark(path)),
      created: op === 'create' ? withoutClusterMarks(after.get(cluster)?.get(keyOf(object))) : undefined,
    }));
    const key = digestOf(content);
    const group = groups.get(key) ?? { clusters: [], changes: telling, marked: 0 };
    group.clusters.push(cluster);
    group.marked += changes.length - telling.length;
    groups.set(key, group);
  }
  return [...groups.values()].sort(
    (left, right) =>
      right.clusters.length - left.clusters.length || ((left.clusters[0] ?? '') < (right.clusters[0] ?? '') ? -1 : 1),
  );
}

/** Every object of an owner carries its revision; that mark alone says nothing about what the object does. */
function isOnlyMarked({ op, diff }: ObjectChange): boolean {
  return op === 'update' && diff.every(({ path }) => isMark(path));
}

function isMark(path: string): boolean {
  return path.endsWith(`["${annotations.cluster}"]`) || path.endsWith(`["${annotations.revision}"]`);
}

function withoutClusterMarks(manifest: Manifest | undefined): unknown {
  if (!manifest) return undefined;
  const {
    [annotations.cluster]: _cluster,
    [annotations.revision]: _revision,
    ...rest
  } = manifest.metadata.annotations ?? {};
  const { [labels.bundle]: _bundle, ...kept } = manifest.metadata.labels ?? {};
  return { ...manifest, metadata: { ...manifest.metadata, annotations: rest, labels: kept } };
}
