import type { KubeObject } from '../../schema';
import { ageColumn, type Column, column, nameColumn, textColumn, wideColumn } from './column';
import { humanDuration, timeSince } from './human-duration';
import { labelsText, selectorText } from './label-text';
import { firstText, readField, readList, readMap, readNumber, readText } from './read-field';

const template = ['template', 'spec', 'containers'];

function containerColumns(...path: readonly string[]): readonly Column[] {
  const join = (object: KubeObject, field: string): string =>
    readList(object.spec, ...path)
      .map((container) => readText(container, field))
      .join(',');
  return [
    wideColumn('Containers', (object) => join(object, 'name')),
    wideColumn('Images', (object) => join(object, 'image')),
  ];
}

const selectorColumn = wideColumn('Selector', ({ spec }) => selectorText(readField(spec, 'selector')));

function count(name: string, field: string): Column {
  return column(name, ({ status }) => readNumber(status, field), 'integer');
}

function textCount(name: string, field: string): Column {
  return column(name, ({ status }) => readNumber(status, field));
}

const desiredColumn = column('Desired', ({ spec }) => readNumber(spec, 'replicas'), 'integer');

const readyOfDesired = column(
  'Ready',
  ({ spec, status }) => `${readNumber(status, 'readyReplicas')}/${readNumber(spec, 'replicas')}`,
);

/** Columns of a Deployment. */
export const deploymentColumns: readonly Column[] = [
  nameColumn,
  readyOfDesired,
  textCount('Up-to-date', 'updatedReplicas'),
  textCount('Available', 'availableReplicas'),
  ageColumn,
  ...containerColumns(...template),
  selectorColumn,
];

/** Columns of a ReplicaSet. */
export const replicaSetColumns: readonly Column[] = [
  nameColumn,
  desiredColumn,
  count('Current', 'replicas'),
  count('Ready', 'readyReplicas'),
  ageColumn,
  ...containerColumns(...template),
  selectorColumn,
];

/** Columns of a ReplicationController; its selector is a plain map of labels. */
export const replicationControllerColumns: readonly Column[] = [
  ...replicaSetColumns.slice(0, -1),
  wideColumn('Selector', ({ spec }) => labelsText(readMap(spec, 'selector'))),
];

/** Columns of a StatefulSet. */
export const statefulSetColumns: readonly Column[] = [
  nameColumn,
  readyOfDesired,
  ageColumn,
  ...containerColumns(...template),
];

/** Columns of a DaemonSet. */
export const daemonSetColumns: readonly Column[] = [
  nameColumn,
  count('Desired', 'desiredNumberScheduled'),
  count('Current', 'currentNumberScheduled'),
  count('Ready', 'numberReady'),
  count('Up-to-date', 'updatedNumberScheduled'),
  count('Available', 'numberAvailable'),
  column('Node Selector', ({ spec }) => labelsText(readMap(spec, 'template', 'spec', 'nodeSelector'))),
  ageColumn,
  ...containerColumns(...template),
  selectorColumn,
];

/** Columns of a Job. */
export const jobColumns: readonly Column[] = [
  nameColumn,
  column('Status', jobStatus),
  column('Completions', jobCompletions),
  column('Duration', jobDuration),
  ageColumn,
  ...containerColumns(...template),
  selectorColumn,
];

/** From the most to the least telling condition of a Job. */
const JOB_STATUSES = [
  ['Complete', 'Complete'],
  ['Failed', 'Failed'],
  ['', 'Terminating'],
  ['Suspended', 'Suspended'],
  ['FailureTarget', 'FailureTarget'],
  ['SuccessCriteriaMet', 'SuccessCriteriaMet'],
] as const;

function jobStatus({ metadata, status }: KubeObject): string {
  const conditions = readList(status, 'conditions');
  const holds = (type: string): boolean =>
    type === ''
      ? metadata.deletionTimestamp !== undefined
      : conditions.some((one) => readText(one, 'type') === type && readText(one, 'status') === 'True');
  return JOB_STATUSES.find(([type]) => holds(type))?.[1] ?? 'Running';
}

function jobCompletions({ spec, status }: KubeObject): string {
  const succeeded = readNumber(status, 'succeeded');
  if (readField(spec, 'completions') !== undefined) return `${succeeded}/${readNumber(spec, 'completions')}`;
  const parallelism = readNumber(spec, 'parallelism');
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration({ status }: KubeObject, nowMs: number): string {
  const start = Date.parse(readText(status, 'startTime'));
  if (Number.isNaN(start)) return '';
  const end = Date.parse(readText(status, 'completionTime'));
  return humanDuration((Number.isNaN(end) ? nowMs : end) - start);
}

const jobTemplate = ['jobTemplate', 'spec'];

/** Columns of a CronJob. */
export const cronJobColumns: readonly Column[] = [
  nameColumn,
  textColumn('Schedule', 'spec', 'schedule'),
  column('Timezone', ({ spec }) => firstText(readText(spec, 'timeZone'), '<none>')),
  column('Suspend', ({ spec }) => suspendText(readField(spec, 'suspend')), 'boolean'),
  column('Active', ({ status }) => readList(status, 'active').length, 'integer'),
  column('Last Schedule', ({ status }, nowMs) => {
    const time = readText(status, 'lastScheduleTime');
    return time === '' ? '<none>' : timeSince(time, nowMs);
  }),
  ageColumn,
  ...containerColumns(...jobTemplate, ...template),
  wideColumn('Selector', ({ spec }) => selectorText(readField(spec, ...jobTemplate, 'selector'))),
];

function suspendText(suspend: unknown): string {
  return typeof suspend === 'boolean' ? (suspend ? 'True' : 'False') : '<unset>';
}

/** Columns of a HorizontalPodAutoscaler. */
export const autoscalerColumns: readonly Column[] = [
  nameColumn,
  column(
    'Reference',
    ({ spec }) => `${readText(spec, 'scaleTargetRef', 'kind')}/${readText(spec, 'scaleTargetRef', 'name')}`,
  ),
  column('Targets', ({ spec, status }) => targetsText(readList(spec, 'metrics'), readList(status, 'currentMetrics'))),
  column('MinPods', ({ spec }) => firstText(readText(spec, 'minReplicas'), '<unset>')),
  column('MaxPods', ({ spec }) => readNumber(spec, 'maxReplicas')),
  column('Replicas', ({ status }) => readNumber(status, 'currentReplicas')),
  ageColumn,
];

function targetsText(metrics: readonly unknown[], current: readonly unknown[]): string {
  if (metrics.length === 0) return '<none>';
  const texts = metrics.map((metric, index) => targetText(metric, current[index]));
  const shown = texts.slice(0, 2).join(', ');
  return texts.length > 2 ? `${shown} + ${texts.length - 2} more...` : shown;
}

function targetText(metric: unknown, current: unknown): string {
  const type = readText(metric, 'type');
  const field = type.charAt(0).toLowerCase() + type.slice(1);
  if (readField(metric, field) === undefined) return '<unknown type>';
  const target = (name: string): string => readText(metric, field, 'target', name);
  const now = (name: string): string => firstText(readText(current, field, 'current', name), '<unknown>');
  const average = target('averageValue');
  if (field === 'resource' || field === 'containerResource') {
    const name = readText(metric, field, 'name');
    if (average !== '') return `${name}: ${now('averageValue')}/${average}`;
    const percent = (value: string, none: string): string => (/^\d+$/.test(value) ? `${value}%` : none);
    const used = percent(readText(current, field, 'current', 'averageUtilization'), '<unknown>');
    return `${name}: ${used}/${percent(target('averageUtilization'), '<auto>')}`;
  }
  if (field === 'pods') return `${now('averageValue')}/${average}`;
  return average !== '' ? `${now('averageValue')}/${average} (avg)` : `${now('value')}/${target('value')}`;
}

/** Columns of a PodDisruptionBudget. */
export const disruptionBudgetColumns: readonly Column[] = [
  nameColumn,
  column('Min Available', ({ spec }) => firstText(readText(spec, 'minAvailable'), 'N/A')),
  column('Max Unavailable', ({ spec }) => firstText(readText(spec, 'maxUnavailable'), 'N/A')),
  count('Allowed Disruptions', 'disruptionsAllowed'),
  ageColumn,
];

/** Columns of a ControllerRevision. */
export const controllerRevisionColumns: readonly Column[] = [
  nameColumn,
  column('Controller', controllerText),
  column('Revision', ({ revision }) => (typeof revision === 'number' ? revision : 0)),
  ageColumn,
];

function controllerText({ metadata }: KubeObject): string {
  const controller = metadata.ownerReferences?.find((owner) => owner.controller === true);
  if (controller === undefined) return '<none>';
  const { apiVersion, kind, name } = controller;
  const group = apiVersion.includes('/') ? `.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : '';
  return `${`${kind}${group}`.toLowerCase()}/${name}`;
}

/** Columns of a PodTemplate. */
export const podTemplateColumns: readonly Column[] = [
  nameColumn,
  column('Containers', (object) => containerNames(object, 'name')),
  column('Images', (object) => containerNames(object, 'image')),
  column('Pod Labels', ({ template: pod }) => labelsText(readMap(pod, 'metadata', 'labels'))),
];

function containerNames({ template: pod }: KubeObject, field: string): string {
  return readList(pod, 'spec', 'containers')
    .map((container) => readText(container, field))
    .join(',');
}
