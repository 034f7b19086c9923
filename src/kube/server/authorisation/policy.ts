import type { KubeObject } from '../../schema';

/** rbac.authorization.k8s.io/v1 PolicyRule. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** Who a binding is about. */
export interface Subject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly name: string;
  readonly namespace?: string;
}

/** A Role or ClusterRole. */
export interface Role extends KubeObject {
  readonly rules?: readonly PolicyRule[];
}

/** A RoleBinding or ClusterRoleBinding. */
export interface RoleBinding extends KubeObject {
  readonly subjects?: readonly Subject[];
  readonly roleRef?: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string };
}

/** What a request wants to do, as authorisation sees it. */
export type AccessAttributes = ResourceAccess | PathAccess;

/** Access to a resource; `name` and `namespace` are empty where the request names none. */
export interface ResourceAccess {
  readonly kind: 'resource';
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** Access to any other path. */
export interface PathAccess {
  readonly kind: 'path';
  readonly verb: string;
  readonly path: string;
}

/** Whether a rule allows an access (https://kubernetes.io/docs/reference/access-authn-authz/rbac/). Pure. */
export function ruleAllows(rule: PolicyRule, access: AccessAttributes): boolean {
  if (!has(rule.verbs, access.verb)) return false;
  if (access.kind === 'path') return (rule.nonResourceURLs ?? []).some((pattern) => pathMatches(pattern, access.path));
  const { group, resource, subresource, name } = access;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const resources = rule.resources ?? [];
  const resourceFits = has(resources, full) || (subresource !== '' && resources.includes(`*/${subresource}`));
  const names = rule.resourceNames ?? [];
  return has(rule.apiGroups ?? [], group) && resourceFits && (names.length === 0 || names.includes(name));
}

function has(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

function pathMatches(pattern: string, path: string): boolean {
  if (pattern === '*') return true;
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}

/** Whether a binding's subject is this user. `namespace` is the binding's, for service accounts that name none. */
export function subjectMatches(
  { kind, name, namespace }: Subject,
  user: { readonly name: string; readonly groups: readonly string[] },
  bindingNamespace: string,
): boolean {
  switch (kind) {
    case 'User':
      return name === user.name;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount':
      return user.name === `system:serviceaccount:${namespace ?? bindingNamespace}:${name}`;
    default:
      return false;
  }
}
