import type { HeaderOperations, HttpMatch, HttpRoute, StringMatch } from '../../istio';
import type { ResolvedVirtualService } from './resolved-virtual-service';
import { isVisibleIn } from './visibility';

/**
 * Puts the routes of delegate VirtualServices into their roots (Istio's HTTPRoute.delegate). A delegate has no hosts of its
 * own and disappears from the result. One level only, as in Istio; a delegate that is missing or not exported to the root
 * leaves no route.
 */
export function mergeDelegates(all: readonly ResolvedVirtualService[]): readonly ResolvedVirtualService[] {
  const delegates = new Map<string, ResolvedVirtualService>();
  for (const candidate of all) {
    if (candidate.hosts.length === 0) delegates.set(`${candidate.namespace}/${candidate.name}`, candidate);
  }
  const roots = all.filter(({ hosts }) => hosts.length > 0);
  return roots.map((root) => {
    if (!root.http.some(({ delegate }) => delegate)) return root;
    return { ...root, http: root.http.flatMap((route) => expand(route, root, delegates)) };
  });
}

function expand(
  route: HttpRoute,
  root: ResolvedVirtualService,
  delegates: ReadonlyMap<string, ResolvedVirtualService>,
): readonly HttpRoute[] {
  const { delegate } = route;
  if (!delegate) return [route];
  const target = delegates.get(`${delegate.namespace || root.namespace}/${delegate.name ?? ''}`);
  if (!target || !isVisibleIn(target.visibility, root.namespace)) return [];
  return target.http.flatMap((child) => mergeRoute(route, child));
}

function mergeRoute(root: HttpRoute, child: HttpRoute): readonly HttpRoute[] {
  if (child.delegate) return [];
  const match = mergeMatches(root.match ?? [], child.match ?? []);
  if (match === undefined) return [];
  const { delegate: _delegate, match: _match, name: rootName, headers: rootHeaders, ...inherited } = root;
  const name = [rootName, child.name].filter((part) => part).join('-');
  const headers = mergeHeaders(rootHeaders, child.headers);
  return [
    {
      ...inherited,
      ...withoutUndefined(child),
      ...(name ? { name } : {}),
      ...(match.length > 0 ? { match } : {}),
      ...(headers ? { headers } : {}),
    },
  ];
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

/** Every pair of a root's and a child's match that can be true together; `undefined` when there is none. */
function mergeMatches(roots: readonly HttpMatch[], children: readonly HttpMatch[]): HttpMatch[] | undefined {
  if (roots.length === 0) return [...children];
  if (children.length === 0) return [...roots];
  const merged: HttpMatch[] = [];
  for (const child of children) {
    for (const root of roots) if (!conflicts(root, child)) merged.push(mergeMatch(root, child));
  }
  return merged.length > 0 ? merged : undefined;
}

function mergeMatch(root: HttpMatch, child: HttpMatch): HttpMatch {
  const name = [root.name, child.name].filter((part) => part).join('-');
  const merged: HttpMatch = {
    ...withoutUndefined(root),
    ...withoutUndefined(child),
    ...(name ? { name } : {}),
  };
  for (const field of ['headers', 'withoutHeaders', 'queryParams', 'sourceLabels'] as const) {
    if (root[field] || child[field]) Object.assign(merged, { [field]: { ...root[field], ...child[field] } });
  }
  return merged;
}

/** Whether root and child ask for different things of the same part, so that Istio drops the pair. */
function conflicts(root: HttpMatch, child: HttpMatch): boolean {
  const texts = ['uri', 'scheme', 'method', 'authority'] as const;
  const maps = ['headers', 'withoutHeaders', 'queryParams'] as const;
  return (
    texts.some((field) => stringConflicts(root[field], child[field])) ||
    maps.some((field) => anyStringConflicts(root[field], child[field])) ||
    (root.ignoreUriCase ?? false) !== (child.ignoreUriCase ?? false) ||
    bothDiffer(root.port, child.port) ||
    sourceConflicts(root, child)
  );
}

function sourceConflicts(root: HttpMatch, child: HttpMatch): boolean {
  return (
    bothDiffer(root.sourceNamespace || undefined, child.sourceNamespace || undefined) ||
    Object.entries(child.sourceLabels ?? {}).some(([key, value]) => bothDiffer(root.sourceLabels?.[key], value)) ||
    (child.gateways ?? []).some((gateway) => !root.gateways?.includes(gateway))
  );
}

function bothDiffer<T>(root: T | undefined, child: T | undefined): boolean {
  return root !== undefined && child !== undefined && root !== child;
}

/** A child must lie under the root's prefix or repeat its exact text; regular expressions cannot be compared. */
function stringConflicts(root: StringMatch | undefined, child: StringMatch | undefined): boolean {
  if (!root || !child) return false;
  if (root.regex || child.regex) return true;
  if (root.exact) return child.exact !== root.exact;
  const childText = child.prefix || child.exact;
  return root.prefix && childText ? !childText.startsWith(root.prefix) : false;
}

function anyStringConflicts(
  root: Readonly<Record<string, StringMatch>> | undefined,
  child: Readonly<Record<string, StringMatch>> | undefined,
): boolean {
  return Object.entries(child ?? {}).some(([key, match]) => stringConflicts(root?.[key], match));
}

function mergeHeaders(root: HttpRoute['headers'], child: HttpRoute['headers']): HttpRoute['headers'] {
  if (!root || !child) return root ?? child;
  return {
    request: mergeOperations(root.request, child.request),
    response: mergeOperations(root.response, child.response),
  };
}

function mergeOperations(root: HeaderOperations | undefined, child: HeaderOperations | undefined): HeaderOperations {
  return {
    set: { ...root?.set, ...child?.set },
    add: { ...root?.add, ...child?.add },
    remove: [...(root?.remove ?? []), ...(child?.remove ?? [])],
  };
}
