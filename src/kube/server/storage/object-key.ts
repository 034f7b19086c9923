/** Where an object is stored: its resource (`pods`, `deployments.apps`), namespace (empty when cluster-scoped) and name. */
export interface ObjectKey {
  /** `plural` for the core group, `plural.group` otherwise, as Kubernetes prints a group resource. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** The key within one resource. Sorted by it, a resource lists as etcd would list it: by namespace, then by name. */
export function pathOf({ namespace, name }: Pick<ObjectKey, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

/** The key of the whole store, tab separated: no part may hold a tab or a line break. */
export function textOfKey({ resource, namespace, name }: ObjectKey): string {
  return `${resource}\t${namespace}\t${name}`;
}
