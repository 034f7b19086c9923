import { FEDERATION_API_VERSION, SYSTEM_NAMESPACE } from '../../federation/api';
import type { KubeObject } from '../../kube/schema';
import { type FleetPlan, type FleetZone, wellKnownPorts } from './fleet-plan';
import { namespace } from './zone-objects';

/** Everything that the demo's platform team applies on the hub. @param kubeconfigOf text of a cluster's kubeconfig */
export function hubObjects(plan: FleetPlan, kubeconfigOf: (cluster: string) => string): readonly KubeObject[] {
  return [
    namespace(SYSTEM_NAMESPACE, {}),
    namespace(plan.appNamespace, {}),
    mesh(plan),
    ...plan.zones.flatMap((zone) => [
      credentials(zone.gatewayCluster, kubeconfigOf(zone.gatewayCluster)),
      memberCluster(plan, zone, 'Gateway'),
      memberCluster(plan, zone, 'Workload'),
    ]),
    accessPoint(plan),
    nameService(plan),
  ];
}

/** The demo's access point: plain HTTP, HTTPS with a certificate of the mesh, and gRPC, in every zone. */
export function accessPoint({ app, appNamespace, host, mesh: meshName, ports, zones }: FleetPlan): KubeObject {
  const { podHttp, podGrpc } = wellKnownPorts;
  return {
    apiVersion: FEDERATION_API_VERSION,
    kind: 'AccessPoint',
    metadata: { name: app, namespace: appNamespace },
    spec: {
      mesh: meshName,
      hosts: [host],
      ports: [
        { name: 'http', number: ports.http, protocol: 'HTTP', targetPort: podHttp },
        {
          name: 'https',
          number: ports.https,
          protocol: 'HTTPS',
          targetPort: podHttp,
          tls: { mode: 'SIMPLE', issuer: 'Mesh' },
        },
        { name: 'grpc', number: ports.grpc, protocol: 'GRPC', targetPort: podGrpc },
      ],
      backend: { service: { name: app }, selector: { app } },
      placement: { zones: zones.map(({ name }) => name) },
    },
  };
}

/** The demo's global name over the access point; its ports are those of the access point. */
function nameService({ app, appNamespace, globalName, mesh: meshName }: FleetPlan): KubeObject {
  return {
    apiVersion: FEDERATION_API_VERSION,
    kind: 'NameService',
    metadata: { name: app, namespace: appNamespace },
    spec: { mesh: meshName, fqdn: globalName, ttlSeconds: 5, targets: [{ accessPointRef: { name: app } }] },
  };
}

function mesh(plan: FleetPlan): KubeObject {
  const { mesh: name, rootNamespace, gatewayNamespace } = plan;
  return {
    apiVersion: FEDERATION_API_VERSION,
    kind: 'Mesh',
    metadata: { name },
    spec: { trustDomain: `${name}.example.com`, rootNamespace, gatewayNamespace, ca: { selfSigned: true } },
  };
}

function credentials(cluster: string, kubeconfig: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `${cluster}-kubeconfig`, namespace: SYSTEM_NAMESPACE },
    type: 'Opaque',
    data: { kubeconfig: Buffer.from(kubeconfig).toString('base64') },
  };
}

function memberCluster(plan: FleetPlan, fleetZone: FleetZone, role: 'Gateway' | 'Workload'): KubeObject {
  const { region, zone, gatewayCluster, workloadCluster } = fleetZone;
  const name = role === 'Gateway' ? gatewayCluster : workloadCluster;
  return {
    apiVersion: FEDERATION_API_VERSION,
    kind: 'MemberCluster',
    metadata: { name },
    spec: {
      region,
      zone,
      role,
      meshes: [plan.mesh],
      ...(role === 'Gateway' ? { credentialsSecretRef: { name: `${name}-kubeconfig` } } : {}),
    },
  };
}
