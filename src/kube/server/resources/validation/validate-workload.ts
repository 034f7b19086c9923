import { jsonEqual } from '../../../../kernel';
import type { KubeObject } from '../../../schema';
import { type LabelSelector, selects } from '../../request/label-selector';
import { type FieldError, invalid, required } from '../../schema';
import { choice, type PodTemplate, validatePodTemplate } from './validate-pod-spec';

interface WorkloadSpec {
  readonly replicas?: number;
  readonly selector?: LabelSelector;
  readonly template?: PodTemplate;
  readonly minReadySeconds?: number;
}

/** Deployments, ReplicaSets, StatefulSets and DaemonSets: a selector that selects its own template and never changes. */
export function validateWorkload(object: KubeObject, live?: KubeObject): readonly FieldError[] {
  const spec = (object.spec ?? {}) as WorkloadSpec;
  const before = live?.spec as WorkloadSpec | undefined;
  return [
    ...negative(spec.replicas, 'spec.replicas'),
    ...negative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...selectorErrors(spec),
    ...validatePodTemplate(spec.template, 'spec.template'),
    ...choice('spec.template.spec.restartPolicy', spec.template?.spec?.restartPolicy, ['Always']),
    ...(before !== undefined && !jsonEqual(spec.selector, before.selector)
      ? [invalid('spec.selector', spec.selector, 'field is immutable')]
      : []),
  ];
}

function selectorErrors({ selector, template }: WorkloadSpec): readonly FieldError[] {
  if (selector === undefined) return [required('spec.selector')];
  const labels = template?.metadata?.labels ?? {};
  const empty = Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
  if (empty) return [invalid('spec.selector', selector, 'empty selector is invalid for deployment')];
  const detail = '`selector` does not match template `labels`';
  return selects(selector, labels) ? [] : [invalid('spec.template.metadata.labels', labels, detail)];
}

/** A count below zero. */
export function negative(value: number | undefined, field: string): readonly FieldError[] {
  return value !== undefined && value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
}

/** Jobs: a template that ends, counts that are none below zero. */
export function validateJob(object: KubeObject, live?: KubeObject): readonly FieldError[] {
  const spec = (object.spec ?? {}) as WorkloadSpec & {
    readonly parallelism?: number;
    readonly completions?: number;
    readonly backoffLimit?: number;
  };
  const before = live?.spec as WorkloadSpec | undefined;
  const { restartPolicy } = spec.template?.spec ?? {};
  return [
    ...negative(spec.parallelism, 'spec.parallelism'),
    ...negative(spec.completions, 'spec.completions'),
    ...negative(spec.backoffLimit, 'spec.backoffLimit'),
    ...validatePodTemplate(spec.template, 'spec.template'),
    ...choice('spec.template.spec.restartPolicy', restartPolicy ?? '', ['OnFailure', 'Never']),
    ...(before !== undefined && !jsonEqual(spec.selector, before.selector)
      ? [invalid('spec.selector', spec.selector, 'field is immutable')]
      : []),
  ];
}
