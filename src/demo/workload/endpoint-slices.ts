import type { EndpointSlice, Service } from '../../istio';
import { canonicalJson, kubernetesName } from '../../kernel';
import type { KubeObject } from '../../kube/schema';
import { selectedPods, targetPortOf } from './service-backends';
import { isReadyPod, type SimulatedPod } from './simulated-pod';

/** Value of `endpointslice.kubernetes.io/managed-by` on the slices that the demo makes. */
export const SLICE_MANAGER = 'demo.flotilla.dev';
/** Selects them at the API server. */
export const SLICE_SELECTOR = `endpointslice.kubernetes.io/managed-by=${SLICE_MANAGER}`;

type SlicePort = NonNullable<EndpointSlice['ports']>[number];

/**
 * The EndpointSlices of a cluster as kube-controller-manager's controller would write them: for each Service with a
 * selector one slice per set of resolved ports, with every selected pod that has an address, ready or not.
 */
export function desiredSlices(
  services: readonly Service[],
  pods: readonly SimulatedPod[],
  zoneOfNode: (node: string) => string | undefined,
): readonly EndpointSlice[] {
  return services
    .filter(({ spec, metadata }) => spec?.selector !== undefined && metadata.deletionTimestamp === undefined)
    .flatMap((service) => slicesOf(service, pods, zoneOfNode));
}

/** What a slice says, apart from its metadata: equal slices need no write. */
export function sliceContent({ addressType, ports, endpoints }: EndpointSlice): string {
  return canonicalJson({ addressType, ports: ports ?? [], endpoints: endpoints ?? [] });
}

function slicesOf(
  service: Service,
  pods: readonly SimulatedPod[],
  zoneOfNode: (node: string) => string | undefined,
): EndpointSlice[] {
  const groups = new Map<string, { ports: SlicePort[]; pods: SimulatedPod[] }>();
  for (const pod of selectedPods(service, pods)) {
    if (pod.status?.podIP === undefined) continue;
    const ports = slicePorts(service, pod);
    const key = canonicalJson(ports);
    const group = groups.get(key) ?? { ports, pods: [] };
    group.pods.push(pod);
    groups.set(key, group);
  }
  return [...groups.values()].map((group, index) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: sliceMetadata(service, index),
    addressType: 'IPv4',
    ports: group.ports,
    endpoints: group.pods.map((pod) => endpoint(pod, zoneOfNode)),
  }));
}

function slicePorts({ spec }: Service, pod: SimulatedPod): SlicePort[] {
  return (spec?.ports ?? []).flatMap((port) => {
    const target = targetPortOf(port, pod);
    if (target === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = port;
    return [{ name, port: target, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

function sliceMetadata({ metadata }: Service, index: number): KubeObject['metadata'] {
  const { name, namespace = '', uid } = metadata;
  return {
    name: kubernetesName(name, `endpoints-${index}`),
    namespace,
    labels: { 'kubernetes.io/service-name': name, 'endpointslice.kubernetes.io/managed-by': SLICE_MANAGER },
    ...(uid === undefined
      ? {}
      : { ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid, controller: true }] }),
  };
}

function endpoint(
  pod: SimulatedPod,
  zoneOfNode: (node: string) => string | undefined,
): NonNullable<EndpointSlice['endpoints']>[number] {
  const { metadata, spec, status } = pod;
  const nodeName = spec?.nodeName;
  const zone = nodeName === undefined ? undefined : zoneOfNode(nodeName);
  const ready = isReadyPod(pod);
  return {
    addresses: [status?.podIP ?? ''],
    conditions: { ready, serving: ready, terminating: metadata.deletionTimestamp !== undefined },
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
    targetRef: { kind: 'Pod', name: metadata.name, namespace: metadata.namespace ?? '' },
  };
}
