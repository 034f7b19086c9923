import { jsonEqual } from '../../../../kernel';
import type { KubeObject, LabelSelector } from '../../../schema';
import { type FieldError, invalid, required } from '../../schema';
import { choice, fixed, negative, present } from './field-rules';
import { scheduleProblem } from './schedule';
import { type PodTemplate, validatePodTemplate } from './validate-pod-spec';

interface JobSpec {
  readonly parallelism?: number;
  readonly completions?: number;
  readonly backoffLimit?: number;
  readonly activeDeadlineSeconds?: number;
  readonly ttlSecondsAfterFinished?: number;
  readonly manualSelector?: boolean;
  readonly completionMode?: string;
  readonly suspend?: boolean;
  readonly selector?: LabelSelector;
  readonly template?: PodTemplate;
}

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
] as const;
const UID_LABEL = 'batch.kubernetes.io/controller-uid';

/** Jobs: a template that ends and never changes while the job runs, counts that are none below zero. */
export function validateJob(object: KubeObject, live?: KubeObject): readonly FieldError[] {
  const spec = (object.spec ?? {}) as JobSpec;
  const before = live?.spec as JobSpec | undefined;
  return [
    ...jobSpecErrors(spec, 'spec'),
    ...generatedSelectorErrors(object, spec),
    ...(before === undefined ? [] : fixedErrors(spec, before)),
  ];
}

function jobSpecErrors(spec: JobSpec, field: string): readonly FieldError[] {
  const { restartPolicy = '' } = spec.template?.spec ?? {};
  const place = `${field}.template.spec.restartPolicy`;
  const ends = ['OnFailure', 'Never'];
  return [
    ...COUNTS.flatMap((count) => negative(spec[count], `${field}.${count}`)),
    ...validatePodTemplate(spec.template, `${field}.template`),
    ...(restartPolicy === '' || restartPolicy === 'Always'
      ? [required(place, 'valid values: "OnFailure", "Never"')]
      : choice(place, restartPolicy, ends)),
  ];
}

function generatedSelectorErrors({ metadata }: KubeObject, spec: JobSpec): readonly FieldError[] {
  if (spec.manualSelector === true || spec.selector === undefined) return [];
  const expected = { matchLabels: { [UID_LABEL]: metadata.uid } };
  return jsonEqual(spec.selector, expected)
    ? []
    : [invalid('spec.selector', spec.selector, '`selector` not auto-generated')];
}

/** What is decided when a job is made; a suspended one may still get other pods. */
function fixedErrors(spec: JobSpec, before: JobSpec): readonly FieldError[] {
  const indexed = spec.completionMode === 'Indexed';
  const template = !jsonEqual(spec.template, before.template) && before.suspend !== true;
  return [
    ...fixed(!jsonEqual(spec.selector, before.selector), 'spec.selector', spec.selector),
    ...fixed(template, 'spec.template', spec.template),
    ...fixed(!indexed && spec.completions !== before.completions, 'spec.completions', spec.completions),
    ...fixed(spec.completionMode !== before.completionMode, 'spec.completionMode', spec.completionMode),
  ];
}

interface CronJobSpec {
  readonly schedule?: string;
  readonly concurrencyPolicy?: string;
  readonly jobTemplate?: { readonly spec?: JobSpec };
}

const MAX_NAME_LENGTH = 52;

/** CronJobs: a schedule, a policy, and names short enough for their jobs' suffixes. */
export function validateCronJob({ metadata, spec }: KubeObject): readonly FieldError[] {
  const { schedule, concurrencyPolicy, jobTemplate } = (spec ?? {}) as CronJobSpec;
  const problem = (schedule ?? '') === '' ? undefined : scheduleProblem(schedule ?? '');
  return [
    ...present(schedule, 'spec.schedule'),
    ...(problem === undefined ? [] : [invalid('spec.schedule', schedule, problem)]),
    ...choice('spec.concurrencyPolicy', concurrencyPolicy, ['Allow', 'Forbid', 'Replace']),
    ...jobSpecErrors(jobTemplate?.spec ?? {}, 'spec.jobTemplate.spec'),
    ...(metadata.name.length > MAX_NAME_LENGTH
      ? [invalid('metadata.name', metadata.name, `must be no more than ${MAX_NAME_LENGTH} characters`)]
      : []),
  ];
}
