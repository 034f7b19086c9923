/** Whether a host name stands for many: `*` or `*.example.com`. */
export function isWildcard(host: string): boolean {
  return host.startsWith('*');
}

/** Whether every name that `host` stands for is also one that `pattern` stands for. */
export function hostWithin(host: string, pattern: string): boolean {
  if (pattern === '*' || pattern === host) return true;
  if (!isWildcard(pattern)) return false;
  const suffix = pattern.slice(1);
  return isWildcard(host) ? host.slice(1).endsWith(suffix) : host.length >= suffix.length && host.endsWith(suffix);
}

/** Whether two host names, wildcards or not, have a name in common. */
export function hostsOverlap(left: string, right: string): boolean {
  return hostWithin(left, right) || hostWithin(right, left);
}

/** Orders hosts by how narrow they are: names before wildcards, longer before shorter, then by text. */
export function bySpecificity(left: string, right: string): number {
  const wildcard = Number(isWildcard(left)) - Number(isWildcard(right));
  if (wildcard !== 0) return wildcard;
  return right.length - left.length || compareText(left, right);
}

/** Compares by code units, the same on every machine. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * The narrowest entry of a map of hosts that covers `host`: the name itself, else the longest wildcard. Costs one look-up
 * per label of the name, not one per entry.
 */
export function mostSpecificMatch<T>(entries: ReadonlyMap<string, T>, host: string): T | undefined {
  const exact = entries.get(host);
  if (exact !== undefined) return exact;
  const name = isWildcard(host) ? host.slice(1) : host;
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const entry = entries.get(`*${name.slice(dot)}`);
    if (entry !== undefined) return entry;
  }
  return entries.get('*');
}

/** The full name of a host as written in an object of `namespace`: a name without a dot is a Service beside the object. */
export function resolveShortName(host: string, namespace: string, clusterDomain: string): string {
  if (host.includes('.') || isWildcard(host)) return host;
  return `${host}.${namespace}.svc.${clusterDomain}`;
}
