import { jsonEqual } from '../../../../kernel';
import { type KubeObject, type LabelSelector, selects } from '../../../schema';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../schema';
import { choice, fixed, negative } from './field-rules';
import { type ClaimTemplate, claimTemplateErrors, completeTemplate } from './stateful-template';
import { type PodTemplate, validatePodTemplate } from './validate-pod-spec';
import { rollingUpdateErrors, type UpdateStrategy } from './validate-rolling-update';
import { validateLabelSelector } from './validate-selector';

/** What Deployments, ReplicaSets, StatefulSets and DaemonSets have in common, and a little of each. */
interface WorkloadSpec {
  readonly replicas?: number;
  readonly selector?: LabelSelector;
  readonly template?: PodTemplate;
  readonly minReadySeconds?: number;
  readonly revisionHistoryLimit?: number;
  readonly progressDeadlineSeconds?: number;
  readonly strategy?: UpdateStrategy;
  readonly updateStrategy?: UpdateStrategy;
  readonly podManagementPolicy?: string;
  readonly volumeClaimTemplates?: readonly ClaimTemplate[];
}

/** Workloads: a selector that selects its own template and never changes, counts that are none below zero. */
export function validateWorkload(object: KubeObject, live?: KubeObject): readonly FieldError[] {
  const spec = (object.spec ?? {}) as WorkloadSpec;
  const before = live?.spec as WorkloadSpec | undefined;
  const { template, volumeClaimTemplates: claims = [] } = spec;
  return [
    ...negative(spec.replicas, 'spec.replicas'),
    ...negative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...negative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
    ...deadlineErrors(spec),
    ...selectorErrors(spec, object.kind),
    ...validatePodTemplate(
      object.kind === 'StatefulSet' ? completeTemplate(template, claims) : template,
      'spec.template',
    ),
    ...claimTemplateErrors(claims, 'spec.volumeClaimTemplates'),
    ...choice('spec.template.spec.restartPolicy', template?.spec?.restartPolicy, ['Always']),
    ...(template?.spec?.activeDeadlineSeconds === undefined
      ? []
      : [forbidden('spec.template.spec.activeDeadlineSeconds', DEADLINE[object.kind] ?? DEADLINE.Deployment)]),
    ...strategyErrors(spec, object.kind),
    ...(before === undefined ? [] : fixedErrors(spec, before, object.kind)),
    ...statusErrors(object),
  ];
}

const DEADLINE = {
  Deployment: 'activeDeadlineSeconds in ReplicaSet is not Supported',
  StatefulSet: 'activeDeadlineSeconds in StatefulSet is not Supported',
  DaemonSet: 'activeDeadlineSeconds in DaemonSet is not Supported',
} as { readonly Deployment: string; readonly [kind: string]: string };

function deadlineErrors({
  progressDeadlineSeconds: deadline,
  minReadySeconds = 0,
}: WorkloadSpec): readonly FieldError[] {
  const field = 'spec.progressDeadlineSeconds';
  if (deadline === undefined) return [];
  const late = deadline <= minReadySeconds ? [invalid(field, deadline, 'must be greater than minReadySeconds')] : [];
  return [...negative(deadline, field), ...late];
}

function selectorErrors({ selector, template }: WorkloadSpec, kind: string): readonly FieldError[] {
  const labels = template?.metadata?.labels ?? {};
  const mismatch = invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
  if (selector === undefined) return kind === 'DaemonSet' ? [mismatch] : [required('spec.selector'), mismatch];
  const wrong = validateLabelSelector(selector, 'spec.selector');
  if (wrong.length > 0) return [...wrong, invalid('spec.selector', selector, 'invalid label selector')];
  const empty = Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
  const names: Readonly<Record<string, string>> = { StatefulSet: 'statefulset', DaemonSet: 'daemonset' };
  if (empty)
    return [invalid('spec.selector', selector, `empty selector is invalid for ${names[kind] ?? 'deployment'}`)];
  return selects(selector, labels) ? [] : [mismatch];
}

function strategyErrors(spec: WorkloadSpec, kind: string): readonly FieldError[] {
  const { strategy, updateStrategy, podManagementPolicy: policy } = spec;
  if (kind === 'StatefulSet') {
    const known = updateStrategy?.type === 'RollingUpdate' || updateStrategy?.type === 'OnDelete';
    return [
      ...(policy === 'OrderedReady' || policy === 'Parallel'
        ? []
        : [invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'")]),
      ...(known ? [] : [invalid('spec.updateStrategy', updateStrategy, "must be 'RollingUpdate' or 'OnDelete'")]),
    ];
  }
  if (kind === 'DaemonSet') return updateErrors(updateStrategy, 'spec.updateStrategy', ['RollingUpdate', 'OnDelete']);
  return kind === 'Deployment' ? updateErrors(strategy, 'spec.strategy', ['Recreate', 'RollingUpdate']) : [];
}

function updateErrors(
  strategy: UpdateStrategy | undefined,
  field: string,
  types: readonly string[],
): readonly FieldError[] {
  const { type, rollingUpdate } = strategy ?? {};
  if (type === undefined || !types.includes(type)) return [notSupported(field, strategy, types)];
  if (type === 'RollingUpdate') return rollingUpdateErrors(rollingUpdate, `${field}.rollingUpdate`);
  if (type !== 'Recreate' || rollingUpdate === undefined) return [];
  return [forbidden(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
}

const STATEFUL_MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

function fixedErrors(spec: WorkloadSpec, before: WorkloadSpec, kind: string): readonly FieldError[] {
  if (kind !== 'StatefulSet') return fixed(!jsonEqual(spec.selector, before.selector), 'spec.selector', spec.selector);
  const rest = (whole: object): unknown =>
    Object.fromEntries(Object.entries(whole).filter(([name]) => !STATEFUL_MUTABLE.includes(name)));
  const names = STATEFUL_MUTABLE.map((name) => `'${name}'`);
  const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  const detail = `updates to statefulset spec for fields other than ${list} are forbidden`;
  return jsonEqual(rest(spec), rest(before)) ? [] : [forbidden('spec', detail)];
}

const COUNTS = ['updatedReplicas', 'readyReplicas', 'availableReplicas'] as const;

/** What a controller reports: counts of replicas, none above all of them. */
function statusErrors({ kind, status }: KubeObject): readonly FieldError[] {
  if (kind === 'DaemonSet') return [];
  const counts = (status ?? {}) as Readonly<Record<string, number | undefined>>;
  const { replicas = 0 } = counts;
  return [
    ...negative(replicas, 'status.replicas'),
    ...COUNTS.flatMap((name) => [
      ...negative(counts[name], `status.${name}`),
      ...((counts[name] ?? 0) > replicas
        ? [invalid(`status.${name}`, counts[name] ?? 0, 'cannot be greater than status.replicas')]
        : []),
    ]),
  ];
}
