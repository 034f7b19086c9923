import type { KubeObject } from '../../schema';

interface JobSpec {
  readonly manualSelector?: boolean;
  readonly selector?: object;
  readonly template?: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } };
}

/** A Job without a selector of its own selects the Pods that carry its uid. */
export function withJobLabels(job: KubeObject): KubeObject {
  const spec = (job.spec ?? {}) as JobSpec;
  if (spec.manualSelector === true || spec.selector !== undefined) return job;
  const { uid = '', name } = job.metadata;
  const labels = {
    ...spec.template?.metadata?.labels,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const template = { ...spec.template, metadata: { ...spec.template?.metadata, labels } };
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  return { ...job, spec: { ...spec, selector, template } };
}
