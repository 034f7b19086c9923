import type { KubeObject } from '../../schema';
import { customResourceDefinitionStrategy } from './custom-resource-definition-strategy';
import { readPath } from './field-path';
import { toEventsGroup } from './event-conversion';
import { withJobLabels } from './job-strategy';
import { podStrategy } from './pod-strategy';
import type { BuiltInStrategy } from './served-kind';
import { secretStrategy } from './secret-strategy';
import { serviceStrategy } from './service-strategy';
import { validateConfigMap } from './validation/validate-data';
import { validateEndpointSlice } from './validation/validate-endpoints';
import { validateLease } from './validation/validate-lease';
import { validateRole, validateRoleBinding } from './validation/validate-rbac';
import { validateWebhooks } from './validation/validate-webhooks';
import { validateJob, validateWorkload } from './validation/validate-workload';

const NAMESPACE_LABEL = 'kubernetes.io/metadata.name';

/** Fields of a kind that field selectors may name, by their paths. */
function selectable(...paths: readonly string[]): (object: KubeObject) => Readonly<Record<string, string>> {
  return (object) => Object.fromEntries(paths.map((path) => [path, textAt(object, path)]));
}

function textAt(object: KubeObject, path: string): string {
  const value = readPath(object, path);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function labelled(object: KubeObject): KubeObject {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, [NAMESPACE_LABEL]: metadata.name } } };
}

const namespaceStrategy: BuiltInStrategy = {
  selectableFields: selectable('status.phase'),
  prepareForCreate: (object) => ({
    ...labelled(object),
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }),
  // The list of spec.finalizers changes only through the finalize subresource.
  prepareForUpdate: (next, live) => ({ ...labelled(next), spec: live.spec }),
};

const EVENT_FIELDS = selectable(
  'involvedObject.kind',
  'involvedObject.namespace',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.apiVersion',
  'involvedObject.resourceVersion',
  'involvedObject.fieldPath',
  'reason',
  'reportingComponent',
  'source',
  'type',
);

const EVENTS_GROUP_FIELDS = selectable(
  'regarding.kind',
  'regarding.namespace',
  'regarding.name',
  'regarding.uid',
  'regarding.apiVersion',
  'regarding.resourceVersion',
  'regarding.fieldPath',
  'reason',
  'reportingController',
  'type',
);

/** Kinds that need more than the plain chain, by `apiVersion/kind`. */
export const strategies: Readonly<Record<string, BuiltInStrategy>> = {
  'v1/Namespace': namespaceStrategy,
  'v1/Node': { selectableFields: selectable('spec.unschedulable'), keepsStatusOnCreate: true },
  'v1/Pod': {
    ...podStrategy,
    selectableFields: selectable(
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'spec.hostNetwork',
      'status.phase',
      'status.podIP',
      'status.nominatedNodeName',
    ),
  },
  'v1/ConfigMap': { validate: validateConfigMap },
  'v1/Service': { ...serviceStrategy, selectableFields: selectable('spec.clusterIP', 'spec.type') },
  'v1/Secret': { ...secretStrategy, selectableFields: selectable('type') },
  'v1/Event': { selectableFields: EVENT_FIELDS },
  'events.k8s.io/v1/Event': { selectableFields: (event) => EVENTS_GROUP_FIELDS(toEventsGroup(event)) },
  'v1/ReplicationController': { selectableFields: selectable('status.replicas') },
  'apps/v1/Deployment': { validate: validateWorkload },
  'apps/v1/ReplicaSet': { selectableFields: selectable('status.replicas'), validate: validateWorkload },
  'apps/v1/StatefulSet': { validate: validateWorkload },
  'apps/v1/DaemonSet': { validate: validateWorkload },
  'batch/v1/Job': {
    selectableFields: selectable('status.successful'),
    prepareForCreate: withJobLabels,
    validate: validateJob,
  },
  'coordination.k8s.io/v1/Lease': { validate: validateLease, needsResourceVersion: true },
  'policy/v1/PodDisruptionBudget': { needsResourceVersion: true },
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration': {
    needsResourceVersion: true,
    validate: validateWebhooks,
  },
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration': {
    needsResourceVersion: true,
    validate: validateWebhooks,
  },
  'discovery.k8s.io/v1/EndpointSlice': { validate: validateEndpointSlice },
  'rbac.authorization.k8s.io/v1/Role': { validate: validateRole },
  'rbac.authorization.k8s.io/v1/ClusterRole': { validate: validateRole },
  'rbac.authorization.k8s.io/v1/RoleBinding': { validate: validateRoleBinding },
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': { validate: validateRoleBinding },
  'apiextensions.k8s.io/v1/CustomResourceDefinition': customResourceDefinitionStrategy,
};
