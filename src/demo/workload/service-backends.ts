import type { Service, ServicePortSpec } from '../../istio';
import { containerPort, isReadyPod, type SimulatedPod } from './simulated-pod';

/** The pods that a Service selects, by name; none for a Service without selector. */
export function selectedPods({ metadata, spec }: Service, pods: readonly SimulatedPod[]): readonly SimulatedPod[] {
  const selector = Object.entries(spec?.selector ?? {});
  if (selector.length === 0) return [];
  return pods
    .filter((pod) => pod.metadata.namespace === metadata.namespace)
    .filter(({ metadata: { labels } }) => selector.every(([key, value]) => labels?.[key] === value))
    .sort((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1));
}

/** The pod's port behind a Service port; undefined when targetPort names one that the pod does not have. */
export function targetPortOf({ port, targetPort }: ServicePortSpec, pod: SimulatedPod): number | undefined {
  return typeof targetPort === 'string' ? containerPort(pod, targetPort) : (targetPort ?? port);
}

/** Where a load balancer sends connections for one Service port: the ready pods that have it. */
export function readyBackends(
  service: Service,
  port: ServicePortSpec,
  pods: readonly SimulatedPod[],
): readonly { readonly address: string; readonly port: number }[] {
  return selectedPods(service, pods)
    .filter(isReadyPod)
    .flatMap((pod) => {
      const target = targetPortOf(port, pod);
      const address = pod.status?.podIP;
      return target === undefined || address === undefined ? [] : [{ address, port: target }];
    });
}
