import type { ScalePaths } from './served-kind';

/** One row per built-in kind. */
export interface BuiltInRow {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly status: boolean;
  readonly generation: boolean;
  readonly scale?: ScalePaths;
}

/** Flags of a row: `n` namespaced, `s` status subresource, `g` generation is counted, `a` in category all. */
type Row = readonly [kind: string, plural: string, shortNames: string, flags: string, scale?: ScalePaths];

const WORKLOAD_SCALE: ScalePaths = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.spec.selector',
};

const GROUPS: Readonly<Record<string, readonly Row[]>> = {
  v1: [
    ['Namespace', 'namespaces', 'ns', 's'],
    ['Node', 'nodes', 'no', 's'],
    ['Pod', 'pods', 'po', 'nsga'],
    ['Service', 'services', 'svc', 'nsa'],
    ['Endpoints', 'endpoints', 'ep', 'n'],
    ['ConfigMap', 'configmaps', 'cm', 'n'],
    ['Secret', 'secrets', '', 'n'],
    ['Event', 'events', 'ev', 'n'],
    ['ServiceAccount', 'serviceaccounts', 'sa', 'n'],
    ['PersistentVolume', 'persistentvolumes', 'pv', 's'],
    ['PersistentVolumeClaim', 'persistentvolumeclaims', 'pvc', 'ns'],
    ['ReplicationController', 'replicationcontrollers', 'rc', 'nsga', WORKLOAD_SCALE],
    ['ResourceQuota', 'resourcequotas', 'quota', 'ns'],
    ['LimitRange', 'limitranges', 'limits', 'n'],
    ['PodTemplate', 'podtemplates', '', 'ng'],
  ],
  'apps/v1': [
    ['Deployment', 'deployments', 'deploy', 'nsga', WORKLOAD_SCALE],
    ['ReplicaSet', 'replicasets', 'rs', 'nsga', WORKLOAD_SCALE],
    ['StatefulSet', 'statefulsets', 'sts', 'nsga', WORKLOAD_SCALE],
    ['DaemonSet', 'daemonsets', 'ds', 'nsga'],
    ['ControllerRevision', 'controllerrevisions', '', 'n'],
  ],
  'batch/v1': [
    ['Job', 'jobs', '', 'nsga'],
    ['CronJob', 'cronjobs', 'cj', 'nsga'],
  ],
  'autoscaling/v2': [['HorizontalPodAutoscaler', 'horizontalpodautoscalers', 'hpa', 'nsa']],
  'policy/v1': [['PodDisruptionBudget', 'poddisruptionbudgets', 'pdb', 'nsg']],
  'networking.k8s.io/v1': [
    ['Ingress', 'ingresses', 'ing', 'nsg'],
    ['IngressClass', 'ingressclasses', '', 'g'],
    ['NetworkPolicy', 'networkpolicies', 'netpol', 'ng'],
  ],
  'discovery.k8s.io/v1': [['EndpointSlice', 'endpointslices', '', 'ng']],
  'events.k8s.io/v1': [['Event', 'events', 'ev', 'n']],
  'coordination.k8s.io/v1': [['Lease', 'leases', '', 'n']],
  'rbac.authorization.k8s.io/v1': [
    ['Role', 'roles', '', 'n'],
    ['RoleBinding', 'rolebindings', '', 'n'],
    ['ClusterRole', 'clusterroles', '', ''],
    ['ClusterRoleBinding', 'clusterrolebindings', '', ''],
  ],
  'admissionregistration.k8s.io/v1': [
    ['MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', '', 'g'],
    ['ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', '', 'g'],
  ],
  'apiextensions.k8s.io/v1': [['CustomResourceDefinition', 'customresourcedefinitions', 'crd,crds', 'sg']],
  'scheduling.k8s.io/v1': [['PriorityClass', 'priorityclasses', 'pc', 'g']],
  'storage.k8s.io/v1': [['StorageClass', 'storageclasses', 'sc', '']],
};

/** Every built-in kind that is stored. */
export const builtInTable: readonly BuiltInRow[] = Object.entries(GROUPS).flatMap(([apiVersion, rows]) =>
  rows.map((row) => readRow(apiVersion, row)),
);

function readRow(apiVersion: string, [kind, plural, shortNames, flags, scale]: Row): BuiltInRow {
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: shortNames === '' ? [] : shortNames.split(','),
    categories: categoriesOf(kind, flags),
    namespaced: flags.includes('n'),
    status: flags.includes('s'),
    generation: flags.includes('g'),
    ...(scale ? { scale } : {}),
  };
}

function categoriesOf(kind: string, flags: string): readonly string[] {
  if (flags.includes('a')) return ['all'];
  return kind === 'CustomResourceDefinition' || kind.endsWith('WebhookConfiguration') ? ['api-extensions'] : [];
}
