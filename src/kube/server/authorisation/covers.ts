import type { PolicyRule } from './policy';

/**
 * The parts of wanted rules that the owned rules do not grant: what somebody would gain by a role that they wrote or bound
 * themselves. Each part has one verb, one group and one resource or path. Pure.
 */
export function uncoveredRules(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.flatMap(splitRule).filter((part) => !owned.some((rule) => covers(rule, part)));
}

function splitRule(rule: PolicyRule): readonly PolicyRule[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const names = resourceNames.length > 0 ? resourceNames.map((name) => ({ resourceNames: [name] })) : [{}];
  const forResources = verbs.flatMap((verb) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        names.map((name) => ({ verbs: [verb], apiGroups: [group], resources: [resource], ...name })),
      ),
    ),
  );
  const forPaths = verbs.flatMap((verb) => nonResourceURLs.map((path) => ({ verbs: [verb], nonResourceURLs: [path] })));
  return [...forResources, ...forPaths];
}

function covers(owner: PolicyRule, part: PolicyRule): boolean {
  if (!hasAll(owner.verbs, part.verbs)) return false;
  const [path] = part.nonResourceURLs ?? [];
  if (path !== undefined) return (owner.nonResourceURLs ?? []).some((pattern) => pathCovers(pattern, path));
  const names = owner.resourceNames ?? [];
  const namesFit =
    names.length === 0 ||
    ((part.resourceNames ?? []).every((name) => names.includes(name)) && (part.resourceNames ?? []).length > 0);
  return (
    hasAll(owner.apiGroups ?? [], part.apiGroups ?? []) &&
    resourceCovers(owner.resources ?? [], part.resources ?? []) &&
    namesFit
  );
}

function hasAll(owned: readonly string[], wanted: readonly string[]): boolean {
  return owned.includes('*') || wanted.every((one) => owned.includes(one));
}

function resourceCovers(owned: readonly string[], wanted: readonly string[]): boolean {
  if (hasAll(owned, wanted)) return true;
  return wanted.every((resource) => {
    const [, subresource] = resource.split('/');
    return owned.includes(resource) || (subresource !== undefined && owned.includes(`*/${subresource}`));
  });
}

function pathCovers(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('*') && path.replace(/\*$/, '').startsWith(pattern.slice(0, -1));
}
