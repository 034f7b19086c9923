import type { KubeObject } from '../../schema';
import { customResourceDefinitionStrategy } from './custom-resource-definition-strategy';
import { invalid } from '../schema';
import { daemonSetStrategy } from './daemon-set-strategy';
import { readPath } from './field-path';
import { toCoreGroup, toEventsGroup } from './event-conversion';
import { withJobLabels } from './job-strategy';
import { podStrategy } from './pod-strategy';
import type { BuiltInStrategy } from './served-kind';
import { secretStrategy } from './secret-strategy';
import { serviceStrategy } from './service-strategy';
import { validateConfigMap } from './validation/validate-data';
import { validateEndpoints, validateEndpointSlice } from './validation/validate-endpoints';
import { validateEvent, validateNewEvent } from './validation/validate-event';
import { validateCronJob, validateJob } from './validation/validate-job';
import { validateLease } from './validation/validate-lease';
import { validateRole, validateRoleBinding } from './validation/validate-rbac';
import { validateIngress, validateNetworkPolicy } from './validation/validate-network-kinds';
import {
  validateAutoscaler,
  validateDisruptionBudget,
  validatePriorityClass,
  validateQuota,
  validateStorageClass,
} from './validation/validate-policy-kinds';
import { validateWebhooks } from './validation/validate-webhooks';
import { validateWorkload } from './validation/validate-workload';
import { validateVolumeClaim } from './validation/validate-volume-claim';

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

const UNQUALIFIED = 'name is neither a standard finalizer name nor is it fully qualified';

function finalizersOf({ spec }: KubeObject): readonly string[] {
  return (spec as { finalizers?: readonly string[] } | undefined)?.finalizers ?? [];
}

const namespaceStrategy: BuiltInStrategy = {
  selectableFields: selectable('status.phase'),
  prepareForCreate: (object) => ({
    ...labelled(object),
    spec: { finalizers: [...new Set([...finalizersOf(object), 'kubernetes'])] },
    status: { phase: 'Active' },
  }),
  // The list of spec.finalizers changes only through the finalize subresource.
  prepareForUpdate: (next, live) => ({ ...labelled(next), spec: live.spec }),
  validate: (object) =>
    finalizersOf(object).flatMap((name) =>
      name.includes('/') || name === 'kubernetes' ? [] : [invalid('spec.finalizers', name, UNQUALIFIED)],
    ),
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

/** The fields of coordinated leader election, a feature that is off here and by default. */
function withoutCoordination(lease: KubeObject): KubeObject {
  if (lease.spec === undefined) return lease;
  const { strategy: _strategy, preferredHolder: _holder, ...spec } = lease.spec as Readonly<Record<string, unknown>>;
  return { ...lease, spec };
}

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
  'v1/Endpoints': { validate: validateEndpoints },
  'v1/PersistentVolumeClaim': { validate: validateVolumeClaim },
  'v1/ResourceQuota': { validate: validateQuota },
  'v1/Event': { selectableFields: EVENT_FIELDS, validate: validateEvent },
  'events.k8s.io/v1/Event': {
    selectableFields: (event) => EVENTS_GROUP_FIELDS(toEventsGroup(event)),
    validate: (event) => validateNewEvent(toCoreGroup(event)),
  },
  'v1/ReplicationController': { selectableFields: selectable('status.replicas') },
  'apps/v1/Deployment': { validate: validateWorkload },
  'apps/v1/ReplicaSet': { selectableFields: selectable('status.replicas'), validate: validateWorkload },
  'apps/v1/StatefulSet': { validate: validateWorkload },
  'apps/v1/DaemonSet': daemonSetStrategy,
  'batch/v1/Job': {
    selectableFields: selectable('status.successful'),
    prepareForCreate: withJobLabels,
    validate: validateJob,
  },
  'batch/v1/CronJob': { validate: validateCronJob },
  'networking.k8s.io/v1/Ingress': { validate: validateIngress },
  'networking.k8s.io/v1/NetworkPolicy': { validate: validateNetworkPolicy },
  'autoscaling/v2/HorizontalPodAutoscaler': { validate: validateAutoscaler },
  'scheduling.k8s.io/v1/PriorityClass': { validate: validatePriorityClass },
  'storage.k8s.io/v1/StorageClass': { validate: validateStorageClass },
  'coordination.k8s.io/v1/Lease': {
    prepareForCreate: withoutCoordination,
    prepareForUpdate: withoutCoordination,
    validate: validateLease,
    needsResourceVersion: true,
  },
  'policy/v1/PodDisruptionBudget': { needsResourceVersion: true, validate: validateDisruptionBudget },
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
