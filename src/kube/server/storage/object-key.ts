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

/** The key of the whole store: its parts, tab separated, on one line. */
export function textOfKey({ resource, namespace, name }: ObjectKey): string {
  return `${resource}\t${namespace}\t${nameToText(name)}`;
}

/** Names of roles may hold tabs and line breaks, which separate parts and records here; no name that an API server takes holds `%`. */
function nameToText(name: string): string {
  return name.replace(/[\t\n%]/g, encodeURIComponent);
}

/** The name in a {@link textOfKey}. */
export function nameFromText(text: string): string {
  return text.includes('%') ? text.replace(/%(09|0A|25)/g, decodeURIComponent) : text;
}
