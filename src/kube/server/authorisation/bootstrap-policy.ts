import type { KubeObject } from '../../schema';
import type { PolicyRule } from './policy';

const API_VERSION = 'rbac.authorization.k8s.io/v1';
const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];

const resources = (apiGroup: string, verbs: readonly string[], ...names: string[]): PolicyRule => ({
  verbs,
  apiGroups: [apiGroup],
  resources: names,
});

const paths = (...nonResourceURLs: string[]): PolicyRule => ({ verbs: ['get'], nonResourceURLs });

/** What people who work in one namespace use; secrets and roles apart. */
const WORKLOADS: Readonly<Record<string, readonly string[]>> = {
  '': [
    'configmaps',
    'endpoints',
    'persistentvolumeclaims',
    'pods',
    'replicationcontrollers',
    'serviceaccounts',
    'services',
  ],
  apps: [
    'daemonsets',
    'deployments',
    'deployments/scale',
    'replicasets',
    'replicasets/scale',
    'statefulsets',
    'statefulsets/scale',
  ],
  autoscaling: ['horizontalpodautoscalers'],
  batch: ['cronjobs', 'jobs'],
  'discovery.k8s.io': ['endpointslices'],
  'networking.k8s.io': ['ingresses', 'networkpolicies'],
  policy: ['poddisruptionbudgets'],
};

const rulesFor = (verbs: readonly string[]): readonly PolicyRule[] =>
  Object.entries(WORKLOADS).map(([group, names]) => resources(group, verbs, ...names));

const VIEW_RULES: readonly PolicyRule[] = [
  ...rulesFor(READ),
  resources('', READ, 'events', 'limitranges', 'namespaces', 'resourcequotas', 'pods/log', 'pods/status'),
];
const EDIT_RULES: readonly PolicyRule[] = [
  ...rulesFor(WRITE),
  resources('', [...READ, ...WRITE], 'secrets'),
  resources('', ['create'], 'serviceaccounts/token', 'pods/eviction'),
  resources('coordination.k8s.io', [...READ, ...WRITE], 'leases'),
];
const ADMIN_RULES: readonly PolicyRule[] = [
  resources('rbac.authorization.k8s.io', [...READ, ...WRITE], 'roles', 'rolebindings'),
  resources('authorization.k8s.io', ['create'], 'localsubjectaccessreviews'),
];

const ROLES: Readonly<Record<string, readonly PolicyRule[]>> = {
  'cluster-admin': [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ],
  'system:discovery': [
    paths(
      '/api',
      '/api/*',
      '/apis',
      '/apis/*',
      '/healthz',
      '/livez',
      '/openapi',
      '/openapi/*',
      '/readyz',
      '/version',
      '/version/',
    ),
  ],
  'system:public-info-viewer': [paths('/healthz', '/livez', '/readyz', '/version', '/version/')],
  'system:basic-user': [
    resources('authorization.k8s.io', ['create'], 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'),
    resources('authentication.k8s.io', ['create'], 'selfsubjectreviews'),
  ],
  'system:auth-delegator': [
    resources('authentication.k8s.io', ['create'], 'tokenreviews'),
    resources('authorization.k8s.io', ['create'], 'subjectaccessreviews'),
  ],
  'system:service-account-issuer-discovery': [
    paths(
      '/.well-known/openid-configuration',
      '/.well-known/openid-configuration/',
      '/openid/v1/jwks',
      '/openid/v1/jwks/',
    ),
  ],
  'system:monitoring': [
    paths('/healthz', '/healthz/*', '/livez', '/livez/*', '/metrics', '/metrics/slis', '/readyz', '/readyz/*'),
  ],
};

/** Roles that other roles may be added to by label (aggregation). */
const AGGREGATED: Readonly<Record<string, readonly PolicyRule[]>> = {
  view: VIEW_RULES,
  edit: [...VIEW_RULES, ...EDIT_RULES],
  admin: [...VIEW_RULES, ...EDIT_RULES, ...ADMIN_RULES],
};

const BINDINGS: readonly (readonly [role: string, ...groups: string[]])[] = [
  ['cluster-admin', 'system:masters'],
  ['system:discovery', 'system:authenticated'],
  ['system:basic-user', 'system:authenticated'],
  ['system:public-info-viewer', 'system:authenticated', 'system:unauthenticated'],
  ['system:service-account-issuer-discovery', 'system:serviceaccounts'],
  ['system:monitoring', 'system:monitoring'],
];

/** The cluster roles and bindings that every cluster starts with, after Kubernetes' own. */
export function bootstrapPolicy(): readonly KubeObject[] {
  const roles = Object.entries(ROLES).map(([name, rules]) => clusterRole(name, rules));
  const aggregated = Object.entries(AGGREGATED).flatMap(([name, rules]) => [
    clusterRole(`system:aggregate-to-${name}`, rules, { [`rbac.authorization.k8s.io/aggregate-to-${name}`]: 'true' }),
    {
      ...clusterRole(name, rules),
      aggregationRule: {
        clusterRoleSelectors: [{ matchLabels: { [`rbac.authorization.k8s.io/aggregate-to-${name}`]: 'true' } }],
      },
    },
  ]);
  return [...roles, ...aggregated, ...BINDINGS.map(([role, ...groups]) => clusterRoleBinding(role, groups))];
}

function clusterRole(
  name: string,
  rules: readonly PolicyRule[],
  labels: Readonly<Record<string, string>> = {},
): KubeObject {
  return { apiVersion: API_VERSION, kind: 'ClusterRole', metadata: { name, labels: { ...LABELS, ...labels } }, rules };
}

function clusterRoleBinding(name: string, groups: readonly string[]): KubeObject {
  return {
    apiVersion: API_VERSION,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels: LABELS },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: groups.map((group) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group })),
  };
}
