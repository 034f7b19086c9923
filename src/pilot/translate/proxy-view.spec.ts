import type { KubeObject } from '../../kube/schema';
import { buildModel, parseProxy, type Proxy, type ProxyNode } from '../model';
import { proxyView } from './proxy-view';

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'gateway-2', namespace: 'edge' },
  spec: { containers: [{ ports: [{ name: 'web', containerPort: 8081 }] }] },
  status: { podIP: '10.0.0.2', phase: 'Running' },
};
const model = buildModel({ mesh: { trustDomain: 'example.com' }, objects: [{ cluster: 'east-1', object: pod }] });
const metadata = { LABELS: { istio: 'gateway' }, CLUSTER_ID: 'east-1' };
const locality = { region: 'east', zone: 'east-1' };

function router(name: string, node: Partial<ProxyNode> = {}): Proxy {
  return parseProxy({ id: `router~10.0.0.9~${name}.edge~edge.svc.cluster.local`, metadata, locality, ...node });
}

const view = (proxy: Proxy): string => proxyView(model, proxy);
const first = router('gateway-1');

describe('proxyView', () => {
  it('is one for the replicas of a gateway', () => {
    expect(view(router('gateway-3', { id: 'router~10.0.0.7~gateway-3.edge~edge.svc.cluster.local' }))).toBe(
      view(first),
    );
  });

  it.each<readonly [string, Proxy]>([
    ['another zone', router('gateway-1', { locality: { region: 'east', zone: 'east-2' } })],
    ['other labels', router('gateway-1', { metadata: { ...metadata, LABELS: { istio: 'other' } } })],
    ['another cluster', router('gateway-1', { metadata: { ...metadata, CLUSTER_ID: 'east-2' } })],
    ['another network', router('gateway-1', { metadata: { ...metadata, NETWORK: 'two' } })],
    ['low ports forbidden', router('gateway-1', { metadata: { ...metadata, UNPRIVILEGED_POD: 'true' } })],
    ['ports of its own Pod', router('gateway-2')],
    ['another address family', router('gateway-1', { id: 'router~fd00::1~gateway-1.edge~edge.svc.cluster.local' })],
    ['another domain', router('gateway-1', { id: 'router~10.0.0.9~gateway-1.edge~other.svc.cluster.local' })],
    ['another namespace', router('gateway-1', { id: 'router~10.0.0.9~gateway-1.shop~edge.svc.cluster.local' })],
    ['gRPC', router('gateway-1', { metadata: { ...metadata, GENERATOR: 'grpc' } })],
  ])('differs for %s', (_what, proxy) => {
    expect(view(proxy)).not.toBe(view(first));
  });

  it('tells sidecars apart by address, since their inbound listeners differ', () => {
    const sidecar = (ip: string): Proxy => parseProxy({ id: `sidecar~${ip}~a.shop~shop.svc.cluster.local` });
    expect(view(sidecar('10.0.0.1'))).not.toBe(view(sidecar('10.0.0.2')));
  });
});
