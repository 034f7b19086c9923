import { type KubeObject, objectKey, parseApiVersion } from '../schema';

/** The label that marks what belongs to one owner, a bundle for example. */
export interface Owner {
  readonly label: string;
  readonly value: string;
}

/** The order in which manifests are written: each phase is done before the next begins. */
export interface ApplyPlan {
  readonly phases: readonly (readonly KubeObject[])[];
  /** Manifests that come twice: only the last would win, so none is applied. */
  readonly duplicates: readonly KubeObject[];
}

/** Namespaces and CustomResourceDefinitions first: the rest cannot exist without them. Sorted by key within a phase. */
export function planApply(manifests: readonly KubeObject[], owner: Owner): ApplyPlan {
  const byKey = new Map<string, KubeObject>();
  const duplicates = new Map<string, KubeObject>();
  for (const manifest of manifests) {
    const key = identityOf(manifest);
    if (byKey.has(key)) duplicates.set(key, manifest);
    else byKey.set(key, owned(manifest, owner));
  }
  const sorted = [...byKey].filter(([key]) => !duplicates.has(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  const objects = sorted.map(([, object]) => object);
  const phases = [objects.filter(isFoundation), objects.filter((object) => !isFoundation(object))];
  return { phases: phases.filter((phase) => phase.length > 0), duplicates: [...duplicates.values()] };
}

/**
 * Which of the listed objects the set no longer holds, in the order to delete them. What is being deleted already is
 * left alone.
 */
export function planPrune(manifests: readonly KubeObject[], listed: readonly KubeObject[]): readonly KubeObject[] {
  const wanted = new Set(manifests.map(identityOf));
  return listed
    .filter((object) => !wanted.has(identityOf(object)) && object.metadata.deletionTimestamp === undefined)
    .sort((a, b) => (objectKey(a) < objectKey(b) ? -1 : 1));
}

/** Group, kind, namespace, name: the same object may be read and written in different versions. */
export function identityOf({ apiVersion, kind, metadata }: KubeObject): string {
  return `${parseApiVersion(apiVersion).group}/${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}

function owned(manifest: KubeObject, { label, value }: Owner): KubeObject {
  const { metadata } = manifest;
  return { ...manifest, metadata: { ...metadata, labels: { ...metadata.labels, [label]: value } } };
}

function isFoundation({ apiVersion, kind }: KubeObject): boolean {
  const { group } = parseApiVersion(apiVersion);
  return (
    (group === '' && kind === 'Namespace') || (group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition')
  );
}
