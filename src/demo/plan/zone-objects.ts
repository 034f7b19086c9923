import type { KubeObject } from '../../kube/schema';
import { type FleetPlan, type FleetZone, wellKnownPorts } from './fleet-plan';

/** Name of the gateway's pod in each gateway cluster. */
export const gatewayPodName = 'istio-ingressgateway-0';
/** The gateway's service account, which its identity in the mesh comes from. */
export const GATEWAY_SERVICE_ACCOUNT = 'istio-ingressgateway';
/** Image of the demo application; the demo's kubelet runs it, and only it. */
export const WHOAMI_IMAGE = 'flotilla.dev/demo/whoami:1';
/** On a pod that something else runs: the address that it has. */
export const STATIC_ADDRESS = 'demo.flotilla.dev/pod-ip';

/** What a zone's workload cluster holds before Flotilla comes: a node per replica, the namespace, and the application's pods. */
export function workloadClusterObjects(plan: FleetPlan, zone: FleetZone): readonly KubeObject[] {
  const numbers = Array.from({ length: plan.replicas }, (_, index) => index);
  return [
    namespace(plan.appNamespace, { 'istio-injection': 'disabled' }),
    ...numbers.map((number) => node(nodeName(zone.workloadCluster, number), zone)),
    ...numbers.map((number) => applicationPod(plan, zone, number)),
  ];
}

/** What a zone's gateway cluster holds before Flotilla comes: node, namespaces, the gateway's Service and pod. */
export function gatewayClusterObjects(plan: FleetPlan, zone: FleetZone): readonly KubeObject[] {
  return [
    namespace(plan.rootNamespace, {}),
    namespace(plan.gatewayNamespace, {}),
    node(nodeName(zone.gatewayCluster, 0), zone),
    serviceAccount(GATEWAY_SERVICE_ACCOUNT, plan.gatewayNamespace),
    gatewayService(plan, zone),
    gatewayPod(plan, zone),
  ];
}

/** The Secret by which the zone's primary finds the workload cluster (the convention of istioctl create-remote-secret). */
export function remoteSecret(plan: FleetPlan, zone: FleetZone, kubeconfig: string): KubeObject {
  const { workloadCluster } = zone;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `istio-remote-secret-${workloadCluster}`,
      namespace: plan.rootNamespace,
      labels: { 'istio/multiCluster': 'true' },
      annotations: { 'networking.istio.io/cluster': workloadCluster },
    },
    type: 'Opaque',
    data: { [workloadCluster]: Buffer.from(kubeconfig).toString('base64') },
  };
}

/** Name of a cluster's node. */
export function nodeName(cluster: string, number: number): string {
  return `${cluster}-node-${number}`;
}

/** A Namespace with labels. */
export function namespace(name: string, labels: Readonly<Record<string, string>>): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

function serviceAccount(name: string, accountNamespace: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: accountNamespace } };
}

function node(name: string, { region, zone }: FleetZone): KubeObject {
  const labels = { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': zone };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { ...labels, 'kubernetes.io/hostname': name } },
    spec: {},
  };
}

function applicationPod(plan: FleetPlan, zone: FleetZone, number: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${plan.app}-${number}`,
      namespace: plan.appNamespace,
      labels: { app: plan.app },
    },
    spec: {
      nodeName: nodeName(zone.workloadCluster, number),
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'whoami',
          image: WHOAMI_IMAGE,
          ports: [
            { name: 'http', containerPort: wellKnownPorts.podHttp },
            { name: 'grpc', containerPort: wellKnownPorts.podGrpc },
          ],
        },
      ],
    },
  };
}

function gatewayService(plan: FleetPlan, { gatewayPorts }: FleetZone): KubeObject {
  const { http, https, grpc } = plan.ports;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'istio-ingressgateway',
      namespace: plan.gatewayNamespace,
      labels: { istio: 'ingressgateway', app: 'istio-ingressgateway' },
    },
    spec: {
      type: 'LoadBalancer',
      selector: { istio: 'ingressgateway' },
      // Envoys bind every address of the machine, so each zone's gateway has target ports of its own.
      ports: [
        { name: 'http', port: http, targetPort: gatewayPorts.http, protocol: 'TCP' },
        { name: 'https', port: https, targetPort: gatewayPorts.https, protocol: 'TCP' },
        { name: 'grpc', port: grpc, targetPort: gatewayPorts.grpc, protocol: 'TCP' },
      ],
    },
  };
}

function gatewayPod(plan: FleetPlan, zone: FleetZone): KubeObject {
  const { addresses, gatewayPorts } = zone;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: gatewayPodName,
      namespace: plan.gatewayNamespace,
      labels: { istio: 'ingressgateway', app: 'istio-ingressgateway' },
      annotations: { [STATIC_ADDRESS]: addresses.gateway },
    },
    spec: {
      nodeName: nodeName(zone.gatewayCluster, 0),
      serviceAccountName: GATEWAY_SERVICE_ACCOUNT,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'istio-proxy',
          image: 'envoyproxy/envoy:v1.40.0',
          ports: Object.entries(gatewayPorts).map(([name, containerPort]) => ({ name, containerPort })),
          readinessProbe: { httpGet: { path: '/ready', port: wellKnownPorts.envoyAdmin }, periodSeconds: 1 },
        },
      ],
    },
  };
}
