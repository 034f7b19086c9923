import type { Locality } from '../../kernel';
import { formatLocality } from '../../kernel';
import { type KubeObject, namespacedName } from '../../kube/schema';
import type { Gateway, Pod } from '../../istio';
import { matchesLabels } from './select-objects';

const REGION = 'topology.kubernetes.io/region';
const ZONE = 'topology.kubernetes.io/zone';

/** Where a node is; undefined unless it carries both labels. */
export function localityOf(node: KubeObject): Locality | undefined {
  const { [REGION]: region, [ZONE]: zone } = node.metadata.labels ?? {};
  return region && zone ? { region, zone } : undefined;
}

/** The distinct `region/zone` of the nodes, sorted. */
export function nodeLocalities(nodes: readonly KubeObject[]): readonly string[] {
  const names = nodes.flatMap((node) => {
    const locality = localityOf(node);
    return locality === undefined ? [] : [formatLocality(locality)];
  });
  return [...new Set(names)].sort();
}

/**
 * Gateway pods on nodes without locality labels. No `from` of a DestinationRule matches such a proxy, so that its weights
 * silently do not apply (R6).
 * @returns `namespace/name` of the pods, sorted
 */
export function gatewaysWithoutLocality(
  gateways: readonly Gateway[],
  pods: readonly Pod[],
  nodes: readonly KubeObject[],
): readonly string[] {
  const located = new Set(nodes.filter((node) => localityOf(node) !== undefined).map(({ metadata }) => metadata.name));
  return pods
    .filter((pod) => isGatewayPod(pod, gateways) && !located.has(pod.spec?.nodeName ?? ''))
    .map(namespacedName)
    .sort();
}

/** Whether a Gateway selects the pod. A Gateway without selector names no pods of its own and does not count. */
function isGatewayPod(pod: Pod, gateways: readonly Gateway[]): boolean {
  return gateways.some(({ spec }) => {
    const selector = spec?.selector ?? {};
    return Object.keys(selector).length > 0 && matchesLabels(selector, pod.metadata.labels);
  });
}
