import { isList, isObject, type JsonObject, mapItems, mapValues } from '../json-shape';
import { changeAt, completePod, completePodSpec, fill } from './complete-pod';

type Complete = (object: JsonObject) => JsonObject;

const inSpec =
  (change: Complete): Complete =>
  (object) =>
    changeAt(object, ['spec'], change);

const podTemplate: Complete = (spec) => changeAt(spec, ['template', 'spec'], completePodSpec);

/** Changes each map in a list field. */
function each(object: JsonObject, field: string, change: Complete): JsonObject {
  return mapValues(object, (value, name) =>
    name === field && isList(value) ? mapItems(value, (item) => (isObject(item) ? change(item) : item)) : value,
  );
}

const deploymentSpec: Complete = (spec) =>
  changeAt(podTemplate(spec), ['strategy'], (strategy) =>
    strategy.type === 'RollingUpdate' ? rolling(strategy, { maxUnavailable: '25%', maxSurge: '25%' }) : strategy,
  );

function rolling(strategy: JsonObject, defaults: JsonObject): JsonObject {
  const { rollingUpdate } = strategy;
  return { ...strategy, rollingUpdate: fill(isObject(rollingUpdate) ? rollingUpdate : {}, defaults) };
}

function updateStrategy(defaults: JsonObject): Complete {
  return (spec) =>
    changeAt(podTemplate(spec), ['updateStrategy'], (strategy) =>
      strategy.type === 'RollingUpdate' ? rolling(strategy, defaults) : strategy,
    );
}

const statefulSetSpec: Complete = (spec) =>
  each(updateStrategy({ partition: 0 })(spec), 'volumeClaimTemplates', (claim) =>
    fill(claim, { kind: 'PersistentVolumeClaim', apiVersion: 'v1' }),
  );

/** A plain job runs one pod to its end; a work queue says so by naming its parallelism only. */
const jobSpec: Complete = (spec) => {
  const single = spec.completions === undefined && spec.parallelism === undefined;
  return fill(podTemplate(spec), {
    ...(single ? { completions: 1 } : {}),
    parallelism: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
  });
};

const cronJobSpec: Complete = (spec) => changeAt(spec, ['jobTemplate', 'spec'], podTemplate);

/** A controller without selector selects what its template is labelled with. */
const replicationController: Complete = (controller) => {
  const completed = inSpec(podTemplate)(controller);
  const spec = isObject(completed.spec) ? completed.spec : {};
  const template =
    isObject(spec.template) && isObject(spec.template.metadata) ? spec.template.metadata.labels : undefined;
  if (!isObject(template)) return completed;
  const metadata = isObject(completed.metadata) ? completed.metadata : {};
  return { ...completed, metadata: fill(metadata, { labels: template }), spec: fill(spec, { selector: template }) };
};

const serviceSpec: Complete = (spec) => {
  const { type, externalIPs, sessionAffinity } = spec;
  const internal = type === 'ClusterIP' || type === 'NodePort' || type === 'LoadBalancer';
  const external =
    type === 'NodePort' ||
    type === 'LoadBalancer' ||
    (type === 'ClusterIP' && isList(externalIPs) && externalIPs.length > 0);
  const affinity =
    sessionAffinity === 'ClientIP' ? { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } } : {};
  const ports = each(spec, 'ports', (port) => ({
    ...port,
    ...(port.targetPort === undefined || port.targetPort === '' || port.targetPort === 0
      ? { targetPort: port.port ?? 0 }
      : {}),
  }));
  const { sessionAffinityConfig: _unused, ...without } = ports;
  return fill(sessionAffinity === 'None' ? without : ports, {
    ...(internal ? { internalTrafficPolicy: 'Cluster' } : {}),
    ...(external ? { externalTrafficPolicy: 'Cluster' } : {}),
    ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
    ...affinity,
  });
};

/** An address of a load balancer is reached as it is, unless its implementation says otherwise. */
const serviceStatus: Complete = (status) =>
  changeAt(status, ['loadBalancer'], (balancer) =>
    each(balancer, 'ingress', (one) => (one.ip === undefined || one.ip === '' ? one : fill(one, { ipMode: 'VIP' }))),
  );

const networkPolicySpec: Complete = (spec) => {
  const egress = isList(spec.egress) && spec.egress.length > 0;
  return fill(spec, { policyTypes: egress ? ['Ingress', 'Egress'] : ['Ingress'] });
};

const RBAC = 'rbac.authorization.k8s.io';

const binding: Complete = (object) =>
  each(object, 'subjects', (subject) =>
    subject.kind === 'User' || subject.kind === 'Group' ? fill(subject, { apiGroup: RBAC }) : subject,
  );

const customResourceDefinition: Complete = (definition) =>
  changeAt(definition, ['spec', 'names'], (names) => {
    const kind = typeof names.kind === 'string' ? names.kind : '';
    return kind === '' ? names : fill(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
  });

/** Text in `stringData` is a Secret's data that the client did not want to encode. */
const secret: Complete = ({ stringData, ...object }) => {
  if (!isObject(stringData)) return object;
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')]);
  const data = { ...(isObject(object.data) ? object.data : {}), ...(Object.fromEntries(encoded) as JsonObject) };
  return Object.keys(data).length > 0 ? { ...object, data } : object;
};

const namespace: Complete = (object) =>
  changeAt(object, ['metadata'], (metadata) => {
    const labels = isObject(metadata.labels) ? metadata.labels : {};
    return metadata.name === undefined || metadata.name === ''
      ? metadata
      : { ...metadata, labels: { ...labels, 'kubernetes.io/metadata.name': metadata.name } };
  });

const completions: Readonly<Record<string, Complete>> = {
  'v1/Pod': completePod,
  'v1/PodTemplate': (object) => changeAt(object, ['template', 'spec'], completePodSpec),
  'v1/ReplicationController': replicationController,
  'v1/Service': (service) => changeAt(inSpec(serviceSpec)(service), ['status'], serviceStatus),
  'v1/Secret': secret,
  'v1/Namespace': namespace,
  'apps/v1/Deployment': inSpec(deploymentSpec),
  'apps/v1/ReplicaSet': inSpec(podTemplate),
  'apps/v1/StatefulSet': inSpec(statefulSetSpec),
  'apps/v1/DaemonSet': inSpec(updateStrategy({ maxUnavailable: 1, maxSurge: 0 })),
  'batch/v1/Job': inSpec(jobSpec),
  'batch/v1/CronJob': inSpec(cronJobSpec),
  'networking.k8s.io/v1/NetworkPolicy': inSpec(networkPolicySpec),
  'rbac.authorization.k8s.io/v1/RoleBinding': binding,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': binding,
  'apiextensions.k8s.io/v1/CustomResourceDefinition': customResourceDefinition,
};

/** Sets the defaults of an object of a built-in kind (`apiVersion/kind`) that depend on its other fields. */
export function completeObject(kind: string, object: JsonObject): JsonObject {
  return completions[kind]?.(object) ?? object;
}
