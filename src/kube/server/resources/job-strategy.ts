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
  const { uid = '', name, labels: own = {} } = job.metadata;
  const labels = {
    ...spec.template?.metadata?.labels,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const template = { ...spec.template, metadata: { ...spec.template?.metadata, labels } };
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  // A Job without labels gets its template's.
  const metadata = Object.keys(own).length > 0 ? job.metadata : { ...job.metadata, labels };
  return { ...job, metadata, spec: { ...spec, selector, template, manualSelector: false } };
}
