import type { KubeObject } from '../../kube/schema';

/** A Service for the pods of an app. */
export function service(name: string, app = 'checkout', spec: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...spec },
  };
}

/** The host of the test application. */
export function serviceEntry(): KubeObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'checkout', namespace: 'shop' },
    spec: {
      ...{ hosts: ['checkout.shop.example.com'], location: 'MESH_INTERNAL', resolution: 'STATIC' },
      ports: [{ name: 'http', number: 80, protocol: 'HTTP', targetPort: 8080 }],
      workloadSelector: { labels: { app: 'checkout' } },
    },
  };
}

/** The address of another zone. */
export function workloadEntry(zone: string, address: string): KubeObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'WorkloadEntry',
    metadata: { name: `checkout-${zone}`, namespace: 'shop' },
    spec: { address, ports: { http: 80 }, locality: `east/${zone}`, labels: { app: 'checkout', location: 'remote' } },
  };
}
