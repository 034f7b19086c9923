import { jsonEqual } from '../../../../kernel';
import type { KubeObject } from '../../../schema';
import { type FieldError, forbidden } from '../../schema';
import { addressErrors } from './network-values';
import type { Container } from './validate-container';
import { type PodSpec, validatePodSpec } from './validate-pod-spec';

const MUTABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** Pods: a spec that could run, and of which little may change. */
export function validatePod(pod: KubeObject, live?: KubeObject): readonly FieldError[] {
  const errors = [...validatePodSpec(pod.spec as PodSpec | undefined, 'spec'), ...statusErrors(pod)];
  if (live !== undefined) {
    const [now, before] = [pod, live].map(({ spec }) => ((spec ?? {}) as PodSpec).containers ?? []);
    const detail = 'pod updates may not add or remove containers';
    if (now?.length !== before?.length) return [...errors, forbidden('spec.containers', detail)];
  }
  if (live === undefined || jsonEqual(fixedPart(pod), fixedPart(live))) return errors;
  return [...errors, forbidden('spec', MUTABLE)];
}

function statusErrors({ status }: KubeObject): readonly FieldError[] {
  const { podIPs = [], podIP = '' } = (status ?? {}) as { podIPs?: readonly { ip?: string }[]; podIP?: string };
  const addresses = podIPs.length === 0 && podIP !== '' ? [podIP] : podIPs.map(({ ip = '' }) => ip);
  return addresses.flatMap((address, index) => addressErrors(address, `status.podIPs[${index}]`));
}

/** Everything but what may change; a Pod that had no node may get one. */
function fixedPart({ spec }: KubeObject): unknown {
  const {
    activeDeadlineSeconds: _deadline,
    tolerations: _tolerations,
    nodeName: _nodeName,
    terminationGracePeriodSeconds: _grace,
    schedulingGates: _gates,
    ...rest
  } = (spec ?? {}) as Record<string, unknown>;
  const withoutImages = (containers: unknown): unknown =>
    (containers as readonly Container[] | undefined)?.map(({ image: _image, ...container }) => container);
  return { ...rest, containers: withoutImages(rest.containers), initContainers: withoutImages(rest.initContainers) };
}
