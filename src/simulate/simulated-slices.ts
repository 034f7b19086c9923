import type { AccessPoint } from '../accesspoint';
import type { Manifest } from '../federation/api';
import type { EndpointSlice, Pod, Service } from '../istio';
import type { KubeObject } from '../kube/schema';
import { clusterOf } from './simulated-pods';

/**
 * The EndpointSlices of an access point's backend, as Kubernetes makes them of the pods of each cluster: entries of global names give way
 * to them.
 */
export function slicesOf(
  { spec }: AccessPoint,
  manifests: readonly Manifest[],
  pods: readonly KubeObject[],
): readonly EndpointSlice[] {
  const services = manifests.filter(
    ({ kind, metadata }) => kind === 'Service' && metadata.name === spec?.backend.service.name,
  );
  return services.map((service) => {
    const own = pods.filter((pod) => clusterOf(pod) === clusterOf(service));
    return sliceOf(service as Service, own as readonly Pod[]);
  });
}

function sliceOf({ metadata, spec }: Service, pods: readonly Pod[]): EndpointSlice {
  const { name, namespace = 'default', annotations = {} } = metadata;
  const [address = ''] = pods.map(addressOf);
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-0`, namespace, labels: { 'kubernetes.io/service-name': name }, annotations },
    addressType: address.includes(':') ? 'IPv6' : 'IPv4',
    ports: (spec?.ports ?? []).map((port) => ({
      ...{ name: port.name ?? '', protocol: 'TCP' },
      port: typeof port.targetPort === 'number' ? port.targetPort : port.port,
    })),
    endpoints: pods.map((pod) => ({
      addresses: [addressOf(pod)],
      conditions: { ready: isReady(pod) },
      ...(pod.spec?.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
      targetRef: { kind: 'Pod', name: pod.metadata.name, namespace },
    })),
  };
}

function addressOf({ status }: Pod): string {
  return status?.podIP ?? '';
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') === true;
}
