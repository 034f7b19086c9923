import { renderOffline } from '../../src/federation';
import { parseObjects } from '../../src/cli/read-objects';
import type { KubeObject } from '../../src/kube/schema';
import { buildModel, type MeshModel } from '../../src/pilot/model';

/** Addresses that a test serves: pods of the client's own zone, and the load balancers of both zones. */
export interface NameAddresses {
  readonly pod: (index: number) => string;
  readonly balancer: (name: string) => string;
}

/** The app tiers: target and zone. */
export const BALANCERS = ['checkout east-1', 'checkout east-2', 'checkout-next east-1'];

/** Loopback addresses of a test's own, 127.NET.…. */
export function nameAddresses(net: number): NameAddresses {
  return {
    pod: (index) => `127.${net}.1.${index + 1}`,
    balancer: (name) => `127.${net}.2.${BALANCERS.indexOf(name) + 1}`,
  };
}

/** A pod by its number. */
export function namePod(addresses: NameAddresses, index: number, app: NamePod['app'], ready = true): NamePod {
  return { name: `${app}-${index}`, app, ready, address: addresses.pod(index) };
}

/** A pod of the client's zone. */
export interface NamePod {
  readonly name: string;
  readonly app: 'checkout' | 'checkout-next';
  readonly ready: boolean;
  readonly address: string;
}

/** The host and port that clients ask for; pods listen on the port too, on addresses of their own. */
export const NAME = 'pay.global.example.com';
export const NAME_PORT = 20_200;

/** The zone of the clients. */
export const NAME_ZONE = { region: 'east', zone: 'east-1' } as const;

const GATEWAY = 'east-1-gw';

/** A global name over two targets of the own zone, one of which is also in another zone; every member counts the same. */
function hubFiles({ balancer }: NameAddresses): string {
  const members = ['east-1', 'east-2'].map(
    (zone) => `---
apiVersion: federation.flotilla.dev/v1alpha1
kind: MemberCluster
metadata: {name: ${zone}-gw}
spec: {region: east, zone: ${zone}, role: Gateway, meshes: [prod]}
`,
  );
  const accessPoint = (name: string, zones: readonly string[]): string => `---
apiVersion: federation.flotilla.dev/v1alpha1
kind: AccessPoint
metadata: {name: ${name}, namespace: shop}
spec:
  mesh: prod
  hosts: [${name}.shop.example.com]
  ports: [{name: http, number: ${NAME_PORT}, protocol: HTTP}]
  backend: {service: {name: ${name}}, selector: {app: ${name}}}
  placement: {zones: [${zones.map((zone) => `east/${zone}`).join(', ')}]}
status:
  clusters:
${zones.map((zone) => `    - {cluster: ${zone}-gw, zone: east/${zone}, vip: ${balancer(`${name} ${zone}`)}}`).join('\n')}
`;
  return `apiVersion: federation.flotilla.dev/v1alpha1
kind: Mesh
metadata: {name: prod}
spec: {trustDomain: prod.example.com, gatewayNamespace: istio-prod}
${members.join('')}${accessPoint('checkout', ['east-1', 'east-2'])}${accessPoint('checkout-next', ['east-1'])}---
apiVersion: federation.flotilla.dev/v1alpha1
kind: NameService
metadata: {name: pay, namespace: shop}
spec:
  mesh: prod
  fqdn: ${NAME}
  dnsPolicy: RoundRobin
  targets: [{accessPointRef: {name: checkout}}, {accessPointRef: {name: checkout-next}}]
`;
}

function podObject({ name, app, ready, address }: NamePod): KubeObject {
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name, namespace: 'shop', labels: { app } },
    ...{ spec: { nodeName: 'node' } },
    status: { phase: 'Running', podIP: address, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

function sliceObject(app: string, pods: readonly NamePod[]): KubeObject {
  return {
    ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
    metadata: { name: `${app}-1`, namespace: 'shop', labels: { 'kubernetes.io/service-name': app } },
    ports: [{ name: 'http', port: NAME_PORT }],
    endpoints: pods.map(({ name, address, ready }) => ({
      ...{ addresses: [address], conditions: { ready }, targetRef: { kind: 'Pod', name, namespace: 'shop' } },
    })),
  };
}

/** What the pilot of the clients' zone knows: all that is rendered for the zone, the pods behind it, and objects of a test's own. */
export function nameModel(
  addresses: NameAddresses,
  pods: readonly NamePod[],
  others: readonly KubeObject[] = [],
): MeshModel {
  const hub = parseObjects(hubFiles(addresses), 'name-world').map(({ object }) => object);
  const rendered = renderOffline(hub, 0).manifests.filter(
    ({ metadata }) => metadata.annotations?.['federation.flotilla.dev/cluster'] === GATEWAY,
  );
  const { region, zone } = NAME_ZONE;
  const labels = { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': zone };
  const node: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node', labels } };
  const slices = ['checkout', 'checkout-next'].map((app) =>
    sliceObject(
      app,
      pods.filter((pod) => pod.app === app),
    ),
  );
  const objects = [...rendered, node, ...pods.map(podObject), ...slices, ...others];
  const mesh = { trustDomain: 'prod.example.com' };
  return buildModel({ mesh, objects: objects.map((object) => ({ cluster: GATEWAY, object })) });
}
