import { annotations as ownAnnotations } from '../api';
import { type KubeObject, objectKey, parseApiVersion } from '../../kube/schema';
import type { ObjectChange } from './cluster-change';
import { diffObjects } from './diff-objects';

/** Kinds that people write; what the hub makes itself is no intent. */
const INTENT_KINDS: ReadonlySet<string> = new Set([
  'Mesh',
  'MemberCluster',
  'AccessPoint',
  'NameService',
  'PlacementPolicy',
  'RolloutPolicy',
  'FederatedDeployment',
  'AddressPool',
]);

/** Annotations that say how an object was written, and nothing of what is wanted. */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  ownAnnotations.changedBy,
]);

/** One hub object that is written, changed or deleted, with what it will be. */
export interface IntentChange extends ObjectChange {
  /** What will be there; undefined for what is deleted. */
  readonly content: unknown;
}

/** What the change does to the hub objects themselves: spec, labels and annotations, never status. Sorted by kind and name. */
export function intentChanges(base: readonly KubeObject[], next: readonly KubeObject[]): readonly IntentChange[] {
  const before = byKey(base);
  const after = byKey(next);
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.flatMap((key) => changeOf(before.get(key), after.get(key)));
}

function byKey(objects: readonly KubeObject[]): ReadonlyMap<string, KubeObject> {
  const own = objects.filter(
    ({ apiVersion, kind }) => INTENT_KINDS.has(kind) && parseApiVersion(apiVersion).group.endsWith('flotilla.dev'),
  );
  return new Map(own.map((object) => [objectKey(object), object]));
}

function changeOf(before: KubeObject | undefined, after: KubeObject | undefined): readonly IntentChange[] {
  const known = after ?? before;
  if (known === undefined || before === after) return [];
  const { apiVersion, kind, metadata } = known;
  const { name, namespace } = metadata;
  const object = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
  const content = after === undefined ? undefined : wantedPart(after);
  if (before === undefined) return [{ op: 'create', object, diff: [], content }];
  if (after === undefined) return [{ op: 'delete', object, diff: [], content }];
  const diff = diffObjects(wantedPart(before), content);
  return diff.length === 0 ? [] : [{ op: 'update', object, diff, content }];
}

function wantedPart({ metadata, spec }: KubeObject): Readonly<Record<string, unknown>> {
  const kept = Object.entries(metadata.annotations ?? {}).filter(([name]) => !BOOKKEEPING.has(name));
  return {
    metadata: { labels: metadata.labels ?? {}, annotations: Object.fromEntries(kept) },
    ...(spec === undefined ? {} : { spec }),
  };
}
