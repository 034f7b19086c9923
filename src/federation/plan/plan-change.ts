import { digestOf, type Finding, type ObjectReference } from '../../kernel';
import { type KubeObject, objectKey } from '../../kube/schema';
import { annotations, labels, type Manifest } from '../api';
import { type BlastRadius, blastRadiusOf, type TrafficShares } from './blast-radius';
import type { ClusterChange, ObjectChange } from './cluster-change';
import { diffObjects } from './diff-objects';

/** Clusters for which exactly the same happens. */
export interface ChangeGroup {
  readonly clusters: readonly string[];
  readonly changes: readonly ObjectChange[];
}

/** The whole change before it happens, in the shape of `flotilla plan -o json`. */
export interface ChangePlan {
  readonly kind: 'Plan';
  /** Over everything that would be applied, and nothing else. */
  readonly digest: string;
  readonly clusters: readonly ClusterChange[];
  readonly groups: readonly ChangeGroup[];
  readonly findings: readonly Finding[];
  readonly blastRadius: BlastRadius;
}

/** What a plan is made from. Manifests carry their cluster in the annotation `federation.flotilla.dev/cluster`. */
export interface PlanInput {
  readonly before: readonly Manifest[];
  readonly after: readonly Manifest[];
  /** Clusters that cannot change now, with the reason. */
  readonly held: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
  readonly traffic: TrafficShares;
}

/** Compares two states of the fleet, cluster by cluster. Pure and sorted; clusters without a change are left out. */
export function planChange(input: PlanInput): ChangePlan {
  const before = byCluster(input.before);
  const after = byCluster(input.after);
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const clusters = names
    .map((cluster) => changeOf(cluster, before.get(cluster), after.get(cluster), input.held.get(cluster)))
    .filter(({ changes }) => changes.length > 0);
  return {
    kind: 'Plan',
    digest: planDigest(clusters, after),
    clusters,
    groups: groupsOf(clusters, after),
    findings: input.findings,
    blastRadius: blastRadiusOf(clusters, [...input.before, ...input.after], input.traffic),
  };
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

function changeOf(
  cluster: string,
  before: Objects = new Map(),
  after: Objects = new Map(),
  held: string | undefined,
): ClusterChange {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  const changes = keys.flatMap((key) => objectChange(before.get(key), after.get(key)));
  return {
    cluster,
    state: held === undefined ? 'ready' : 'held',
    ...(held === undefined ? {} : { reason: held }),
    changes,
  };
}

function objectChange(before: Manifest | undefined, after: Manifest | undefined): readonly ObjectChange[] {
  if (!before && after) return [{ op: 'create', object: referenceTo(after), diff: [] }];
  if (before && !after) return [{ op: 'delete', object: referenceTo(before), diff: [] }];
  if (!before || !after) return [];
  const diff = diffObjects(before, after);
  return diff.length === 0 ? [] : [{ op: 'update', object: referenceTo(after), diff }];
}

function referenceTo({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectReference {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** Covers the content that is created, too, which the change list of a create does not show. */
function planDigest(clusters: readonly ClusterChange[], after: ReadonlyMap<string, Objects>): string {
  return digestOf(
    clusters.map(({ cluster, changes }) => ({
      cluster,
      changes: changes.map(({ op, object, diff }) => ({
        op,
        object,
        diff,
        content: op === 'create' ? after.get(cluster)?.get(keyOf(object)) : undefined,
      })),
    })),
  );
}

function keyOf({ apiVersion, kind, name, namespace }: ObjectReference): string {
  return objectKey({ apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } });
}

/** Largest groups first. What is created counts with its content, except for the marks that name its cluster. */
function groupsOf(clusters: readonly ClusterChange[], after: ReadonlyMap<string, Objects>): readonly ChangeGroup[] {
  const groups = new Map<string, { clusters: string[]; changes: readonly ObjectChange[] }>();
  for (const { cluster, changes } of clusters) {
    const content = changes.map(({ op, object, diff }) => ({
      op,
      object,
      diff: diff.filter(({ path }) => !path.endsWith(`["${annotations.cluster}"]`)),
      created: op === 'create' ? withoutClusterMarks(after.get(cluster)?.get(keyOf(object))) : undefined,
    }));
    const key = digestOf(content);
    const group = groups.get(key) ?? { clusters: [], changes };
    group.clusters.push(cluster);
    groups.set(key, group);
  }
  return [...groups.values()].sort(
    (left, right) =>
      right.clusters.length - left.clusters.length || (left.clusters[0] ?? '').localeCompare(right.clusters[0] ?? ''),
  );
}

function withoutClusterMarks(manifest: Manifest | undefined): unknown {
  if (!manifest) return undefined;
  const { [annotations.cluster]: _cluster, ...rest } = manifest.metadata.annotations ?? {};
  const { [labels.bundle]: _bundle, ...kept } = manifest.metadata.labels ?? {};
  return { ...manifest, metadata: { ...manifest.metadata, annotations: rest, labels: kept } };
}
