/** Where an object is seen: everywhere, or in a set of namespaces (which may be empty). */
export type Visibility = 'everywhere' | ReadonlySet<string>;

/** Reads Istio's `exportTo`: `*` everywhere (wins over all), `~` nowhere, `.` its own namespace, otherwise names. */
export function parseExportTo(exportTo: readonly string[], ownNamespace: string): Visibility {
  if (exportTo.includes('*')) return 'everywhere';
  const namespaces = new Set<string>();
  for (const entry of exportTo) {
    if (entry === '.') namespaces.add(ownNamespace);
    else if (entry !== '~') namespaces.add(entry);
  }
  return namespaces;
}

/** Whether an object of this visibility is seen from the namespace. */
export function isVisibleIn(visibility: Visibility, namespace: string): boolean {
  return visibility === 'everywhere' || visibility.has(namespace);
}
