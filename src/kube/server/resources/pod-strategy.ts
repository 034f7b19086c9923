import type { BuiltInStrategy } from './served-kind';
import { validatePod } from './validation/validate-pod';

const DEFAULT_GRACE_SECONDS = 30;

interface PodSpec {
  readonly nodeName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly priorityClassName?: string;
  readonly tolerations?: readonly Toleration[];
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
}

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

interface Container {
  readonly resources?: { readonly limits?: Quantities; readonly requests?: Quantities };
}

type Quantities = Readonly<Record<string, string | number>>;

/** Pods start Pending; one that runs on a node stays until its kubelet confirms the end with a grace period of 0. */
export const podStrategy: BuiltInStrategy = {
  validate: validatePod,
  prepareForCreate: (pod) => ({
    ...pod,
    spec: withAdmissionDefaults(pod.spec ?? {}),
    status: { phase: 'Pending', qosClass: qosClassOf(pod.spec as PodSpec | undefined) },
  }),
  gracePeriodSeconds(pod, requested) {
    const spec = (pod.spec ?? {}) as PodSpec;
    const { phase } = (pod.status ?? {}) as { phase?: string };
    const finished = phase === 'Succeeded' || phase === 'Failed';
    if ((spec.nodeName ?? '') === '' || finished) return 0;
    return Math.max(0, requested ?? spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS);
  },
};

const TOLERATED = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const TOLERATED_SECONDS = 300;

/** What the admission plugins DefaultTolerationSeconds and Priority add; classes of priority are not looked up. */
function withAdmissionDefaults(spec: PodSpec): PodSpec {
  const { tolerations = [], priorityClassName = '' } = spec;
  const added = TOLERATED.filter((key) => !tolerations.some((toleration) => covers(toleration, key))).map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: TOLERATED_SECONDS,
  }));
  const priority = priorityClassName === '' ? { priority: 0, preemptionPolicy: 'PreemptLowerPriority' } : {};
  return { ...priority, ...spec, tolerations: [...tolerations, ...added] };
}

function covers({ key = '', effect = '' }: Toleration, wanted: string): boolean {
  return (key === '' || key === wanted) && (effect === '' || effect === 'NoExecute');
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
function qosClassOf(spec: PodSpec = {}): string {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const given = (quantities: Quantities | undefined): boolean =>
    quantities !== undefined && Object.keys(quantities).length > 0;
  if (!containers.some(({ resources }) => given(resources?.limits) || given(resources?.requests))) return 'BestEffort';
  return containers.every(isGuaranteed) ? 'Guaranteed' : 'Burstable';
}

function isGuaranteed({ resources }: Container): boolean {
  return ['cpu', 'memory'].every((name) => {
    const limit = resources?.limits?.[name];
    const request = resources?.requests?.[name] ?? limit;
    return limit !== undefined && String(limit) === String(request);
  });
}
