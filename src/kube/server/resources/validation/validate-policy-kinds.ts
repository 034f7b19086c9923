import type { KubeObject, LabelSelector } from '../../../schema';
import { type FieldError, forbidden, invalid } from '../../schema';
import { present } from './field-rules';
import { belowZero } from './validate-resources';
import { countOrPercentErrors } from './validate-rolling-update';
import { validateLabelSelector } from './validate-selector';

interface BudgetSpec {
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
  readonly selector?: LabelSelector;
}

/** PodDisruptionBudgets: one of the two limits, which is a count or a percentage. */
export function validateDisruptionBudget({ spec }: KubeObject): readonly FieldError[] {
  const { minAvailable, maxUnavailable, selector } = (spec ?? {}) as BudgetSpec;
  const both = minAvailable !== undefined && maxUnavailable !== undefined;
  if (both) return [invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set')];
  return [
    ...countOrPercentErrors(minAvailable, 'spec.minAvailable'),
    ...countOrPercentErrors(maxUnavailable, 'spec.maxUnavailable'),
    ...validateLabelSelector(selector, 'spec.selector'),
  ];
}

interface AutoscalerSpec {
  readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string; readonly apiVersion?: string };
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
}

/** HorizontalPodAutoscalers: a target, and no fewer at most than at least. */
export function validateAutoscaler({ spec }: KubeObject): readonly FieldError[] {
  const { scaleTargetRef, minReplicas = 1, maxReplicas = 0 } = (spec ?? {}) as AutoscalerSpec;
  const { kind, name, apiVersion = '' } = scaleTargetRef ?? {};
  const target = 'spec.scaleTargetRef';
  return [
    ...present(kind, `${target}.kind`),
    ...present(name, `${target}.name`),
    ...(apiVersion === '' ? [invalid(`${target}.apiVersion`, '', 'apiVersion must specify API group')] : []),
    ...(maxReplicas < 1 ? [invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0')] : []),
    ...(maxReplicas < minReplicas
      ? [invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')]
      : []),
  ];
}

const HIGHEST_PRIORITY = 1_000_000_000;

/** PriorityClasses: the range and the prefix above belong to the system. */
export function validatePriorityClass(object: KubeObject): readonly FieldError[] {
  const { value = 0, metadata } = object as KubeObject & { readonly value?: number };
  const { name } = metadata;
  if (name === 'system-node-critical' || name === 'system-cluster-critical') return [];
  const reserved = `priority class names with 'system-' prefix are reserved for system use only. error: ${name} is not a known system priority class`;
  const highest = `maximum allowed value of a user defined priority is ${HIGHEST_PRIORITY}`;
  return [
    ...(name.startsWith('system-') ? [forbidden('metadata.name', reserved)] : []),
    ...(value > HIGHEST_PRIORITY ? [forbidden('value', highest)] : []),
  ];
}

/** StorageClasses: somebody who provisions. */
export function validateStorageClass(object: KubeObject): readonly FieldError[] {
  return present((object as KubeObject & { readonly provisioner?: string }).provisioner, 'provisioner');
}

const COUNTED = [
  ...['pods', 'services', 'replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps'],
  ...['persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers', 'cpu', 'memory', 'storage'],
  ...['ephemeral-storage', 'requests.cpu', 'requests.memory', 'requests.storage', 'requests.ephemeral-storage'],
  ...['limits.cpu', 'limits.memory', 'limits.ephemeral-storage'],
];

/** ResourceQuotas: limits of things that are counted, none below zero. */
export function validateQuota({ spec }: KubeObject): readonly FieldError[] {
  const { hard = {} } = (spec ?? {}) as { hard?: Readonly<Record<string, string | number>> };
  return Object.entries(hard).flatMap(([name, quantity]) => {
    const field = `spec.hard[${name}]`;
    const known = COUNTED.includes(name) || name.includes('/') || /^(requests\.)?hugepages-/.test(name);
    return [
      ...(known
        ? []
        : [
            invalid(field, name, 'must be a standard resource type or fully qualified'),
            invalid(field, name, 'must be a standard resource for quota'),
          ]),
      ...belowZero(quantity, field),
    ];
  });
}
