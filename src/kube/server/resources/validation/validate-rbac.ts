import { jsonEqual } from '../../../../kernel';
import type { KubeObject, LabelSelector } from '../../../schema';
import { dnsSubdomainProblems, type FieldError, invalid, pathSegmentProblems, required } from '../../schema';
import { choice, present, textErrors } from './field-rules';
import { validateLabelSelector } from './validate-selector';

const GROUP = 'rbac.authorization.k8s.io';

interface Rule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

interface Role extends KubeObject {
  readonly rules?: readonly Rule[];
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] };
}

interface Subject {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly apiGroup?: string;
}

interface RoleBinding extends KubeObject {
  readonly roleRef?: { readonly apiGroup?: string; readonly kind?: string; readonly name?: string };
  readonly subjects?: readonly Subject[];
}

/** Roles: every rule says which verbs on which resources of which groups, or on which paths. */
export function validateRole(object: KubeObject): readonly FieldError[] {
  const { rules = [], aggregationRule } = object as Role;
  const clusterScoped = object.kind === 'ClusterRole';
  const selectors = aggregationRule?.clusterRoleSelectors ?? [];
  const field = 'aggregationRule.clusterRoleSelectors';
  const needed = 'at least one clusterRoleSelector required if aggregationRule is non-nil';
  return [
    ...rules.flatMap((rule, index) => ruleErrors(rule, `rules[${index}]`, clusterScoped)),
    ...(aggregationRule !== undefined && selectors.length === 0 ? [required(field, needed)] : []),
    ...selectors.flatMap((selector, index) => validateLabelSelector(selector, `${field}[${index}]`)),
  ];
}

function ruleErrors(rule: Rule, field: string, clusterScoped: boolean): readonly FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], nonResourceURLs: paths = [], resourceNames = [] } = rule;
  const errors = verbs.length === 0 ? [required(`${field}.verbs`, 'verbs must contain at least one value')] : [];
  if (paths.length > 0) {
    const both = apiGroups.length + resources.length + resourceNames.length > 0;
    const inside = 'namespaced rules cannot apply to non-resource URLs';
    const mixed = 'rules cannot apply to both regular resources and non-resource URLs';
    return [
      ...errors,
      ...(clusterScoped ? [] : [invalid(`${field}.nonResourceURLs`, paths, inside)]),
      ...(both ? [invalid(`${field}.nonResourceURLs`, paths, mixed)] : []),
    ];
  }
  if (apiGroups.length === 0)
    errors.push(required(`${field}.apiGroups`, 'resource rules must supply at least one api group'));
  if (resources.length === 0)
    errors.push(required(`${field}.resources`, 'resource rules must supply at least one resource'));
  return errors;
}

/** Bindings: a role that never changes, and subjects of known kinds. */
export function validateRoleBinding(object: KubeObject, live?: KubeObject): readonly FieldError[] {
  const { roleRef, subjects = [] } = object as RoleBinding;
  const before = (live as RoleBinding | undefined)?.roleRef;
  const kinds = object.kind === 'ClusterRoleBinding' ? ['ClusterRole'] : ['Role', 'ClusterRole'];
  const { apiGroup = GROUP, kind = '', name = '' } = roleRef ?? {};
  return [
    ...choice('roleRef.apiGroup', apiGroup, [GROUP]),
    ...choice('roleRef.kind', kind, kinds),
    ...(name === '' ? [required('roleRef.name')] : textErrors(name, 'roleRef.name', pathSegmentProblems)),
    ...subjects.flatMap((subject, index) =>
      subjectErrors(subject, `subjects[${index}]`, object.kind === 'RoleBinding'),
    ),
    ...(before !== undefined && !jsonEqual(before, roleRef)
      ? [invalid('roleRef', roleRef, 'cannot change roleRef')]
      : []),
  ];
}

function subjectErrors(subject: Subject, field: string, namespaced: boolean): readonly FieldError[] {
  const { kind = '', name = '', namespace, apiGroup = '' } = subject;
  const named = present(name, `${field}.name`);
  const own = (group: string): readonly FieldError[] => choice(`${field}.apiGroup`, apiGroup, [group]);
  switch (kind) {
    case 'ServiceAccount':
      return [
        ...named,
        ...(name === '' ? [] : textErrors(name, `${field}.name`, dnsSubdomainProblems)),
        ...own(''),
        ...(namespaced ? [] : present(namespace, `${field}.namespace`)),
      ];
    case 'User':
    case 'Group':
      return [...named, ...own(GROUP)];
    default:
      return [...named, ...choice(`${field}.kind`, kind, ['ServiceAccount', 'User', 'Group'])];
  }
}
