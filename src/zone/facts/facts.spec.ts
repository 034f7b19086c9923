import { generateKeyPairSync } from 'node:crypto';
import { createRoot } from '../../citadel';
import { parseZoneName } from '../../kernel';
import type { KubeObject } from '../../kube/schema';
import { bundleMembers, remoteMembersOf } from './bundle-members';
import { certificateStatus, credentialNames } from './installed-certificate';
import type { Gateway, Pod, Service } from '../../istio';
import { appTierAddress, loadBalancerAddress } from './load-balancer-address';
import { gatewaysWithoutLocality, nodeLocalities } from './node-localities';
import { backendSelectorOf, countPods } from './ready-pods';
import { type ProxyStatus, routeConfigured } from './route-configured';

const REGION = 'topology.kubernetes.io/region';
const ZONE = 'topology.kubernetes.io/zone';

function istio(kind: string, name: string, spec: object): KubeObject {
  return { apiVersion: 'networking.istio.io/v1', kind, metadata: { name, namespace: 'shop' }, spec };
}

function balanced(name: string, ingress: object[]): Service {
  const metadata = { name, namespace: 'shop' };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { type: 'LoadBalancer' },
    status: { loadBalancer: { ingress } },
  };
}

function pod(name: string, options: { ready?: boolean; labels?: Record<string, string>; node?: string } = {}): Pod {
  const { ready = true, labels = { app: 'checkout' }, node = 'n1' } = options;
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels } },
    spec: { nodeName: node },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

const gateway = istio('Gateway', 'checkout', {
  selector: { istio: 'ingressgateway' },
  servers: [{ hosts: ['a.example.com'], tls: { credentialName: 'a-tls' } }, { hosts: ['b.example.com'] }],
}) as Gateway;
const entry = istio('ServiceEntry', 'checkout', {
  hosts: ['checkout.shop.example.com'],
  ports: [{ name: 'http', number: 80, targetPort: 8080 }],
  workloadSelector: { labels: { app: 'checkout' } },
});
const remote = istio('WorkloadEntry', 'checkout-east-2', {
  ...{ address: '10.2.0.10', ports: { http: 80 }, locality: 'east/east-2' },
});
const rule = istio('DestinationRule', 'checkout', {
  trafficPolicy: {
    loadBalancer: {
      localityLbSetting: {
        distribute: [
          { from: 'east/east-1/*', to: { 'east/east-1/*': 99, 'east/east-2/*': 1 } },
          { from: 'east/east-2/*', to: { 'east/east-2/*': 100 } },
        ],
      },
    },
  },
});

describe('load balancer addresses', () => {
  it('are IP addresses only; a name is said to be one', () => {
    expect(loadBalancerAddress(balanced('s', [{ ip: '10.1.0.10' }]))).toEqual({ address: '10.1.0.10' });
    expect(loadBalancerAddress(balanced('s', [{ ip: '2001:db8::1' }])).address).toBe('2001:db8::1');
    expect(loadBalancerAddress(balanced('s', [{ hostname: 'lb.example.com' }]))).toMatchObject({
      hostname: 'lb.example.com',
      message: expect.stringContaining('an IP address is needed') as string,
    });
    expect(loadBalancerAddress(balanced('s', [])).message).toContain('no load balancer address yet');
  });

  it('come from the LoadBalancer Service among several', () => {
    const plain: Service = { ...balanced('plain', [{ ip: '10.9.9.9' }]), spec: { type: 'ClusterIP' } };
    expect(appTierAddress([plain, balanced('vip', [{ ip: '10.1.0.10' }])]).address).toBe('10.1.0.10');
    expect(appTierAddress([plain])).toEqual({});
  });
});

describe('ready pods', () => {
  it('are counted by selector, namespace and readiness; a pod that is leaving does not count', () => {
    const selector = backendSelectorOf([rule, entry]);
    expect(selector).toEqual({ namespace: 'shop', labels: { app: 'checkout' } });
    const leaving = { ...pod('d'), metadata: { ...pod('d').metadata, deletionTimestamp: '2026-06-01T00:00:00Z' } };
    const pods = [pod('a'), pod('b', { ready: false }), pod('c', { labels: { app: 'cart' } }), leaving];
    expect(countPods(selector!, pods)).toEqual({ ready: 1, wanted: 2 });
    expect(backendSelectorOf([gateway])).toBeUndefined();
  });
});

describe('localities', () => {
  const located: KubeObject = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1', labels: { [REGION]: 'east', [ZONE]: 'east-1' } },
  };
  const bare: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n2', labels: { [REGION]: 'east' } } };

  it('are those of nodes with both labels, each once', () => {
    expect(nodeLocalities([located, { ...located }, bare])).toEqual(['east/east-1']);
  });

  it('are missing for gateway pods on unlabelled or unknown nodes (R6)', () => {
    const labels = { istio: 'ingressgateway' };
    const pods = [
      pod('good', { labels, node: 'n1' }),
      pod('bad', { labels, node: 'n2' }),
      pod('lost', { labels, node: 'n3' }),
      pod('app', { node: 'n2' }),
    ];
    expect(gatewaysWithoutLocality([gateway], pods, [located, bare])).toEqual(['shop/bad', 'shop/lost']);
  });
});

describe('certificates', () => {
  const nowMs = Date.UTC(2026, 5, 1);

  it('are reported as the Secret holds them', async () => {
    const { certificatePem } = await createRoot({
      ...{ trustDomain: 'prod.example.com', algorithm: 'EcdsaP256', lifetimeDays: 1, nowMs },
    });
    const data = { 'tls.crt': Buffer.from(certificatePem).toString('base64') };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a-tls' }, data };
    const find = (name: string) => (name === 'a-tls' ? secret : undefined);
    expect(credentialNames([gateway])).toEqual(['a-tls']);
    expect(certificateStatus(['a-tls'], find, nowMs)).toEqual({
      installed: true,
      serial: expect.stringMatching(/^[0-9a-f]+$/) as string,
      version: expect.stringMatching(/^[0-9a-f]{12}$/) as string,
      notAfter: '2026-06-02T00:00:00Z',
    });
    expect(certificateStatus(['a-tls', 'b-tls'], find, nowMs)).toMatchObject({ installed: false });
    expect(certificateStatus(['a-tls'], find, nowMs + 2 * 86_400_000)).toMatchObject({ installed: false });
    expect(certificateStatus([], find, nowMs)).toBeUndefined();
  });

  it('that cannot be read are not installed', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const data = { 'tls.crt': Buffer.from(text).toString('base64') };
    const find = () => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a-tls' }, data });
    expect(certificateStatus(['a-tls'], find, nowMs)).toEqual({ installed: false });
  });
});

describe('routeConfigured', () => {
  const proxy = (id: string, types: ProxyStatus['types'], labels = { istio: 'ingressgateway' }): ProxyStatus => ({
    ...{ id, type: 'router', namespace: 'istio-prod', labels, types },
  });
  const synced = { cds: { sentVersion: '1', ackedVersion: '1' }, lds: { sentVersion: '2', ackedVersion: '2' } };

  it('counts the gateways that the bundle selects, and names the first that lags', () => {
    const proxies = [
      proxy('a', synced),
      proxy('b', { ...synced, rds: { sentVersion: '4', ackedVersion: '3' } }),
      proxy('c', { ...synced, cds: { sentVersion: '5', ackedVersion: '1', error: 'no such field' } }),
      proxy('d', {}),
      proxy('other', {}, { istio: 'eastwest' }),
      { ...proxy('sidecar', {}), type: 'sidecar' },
      { ...proxy('elsewhere', {}), namespace: 'istio-stage' },
    ];
    expect(routeConfigured([gateway], proxies, 'istio-prod')).toEqual({
      ...{ acked: 1, total: 4, firstDifference: 'b has not acknowledged rds 4' },
    });
    expect(routeConfigured([gateway], [proxy('a', synced)], 'istio-prod')).toEqual({ acked: 1, total: 1 });
    expect(routeConfigured([entry], proxies, 'istio-prod')).toBeUndefined();
  });
});

describe('members', () => {
  const zone = parseZoneName('east/east-1');
  const loadSharesOf = () => undefined;

  it('carry the share of this zone, and health as probed', () => {
    const healthOf = () => ({ healthy: false, message: 'refused' });
    const members = bundleMembers({
      zone,
      manifests: [entry, remote, rule],
      pods: { ready: 2, wanted: 2 },
      healthOf,
      loadSharesOf,
    });
    expect(members).toEqual([
      { zone: 'east/east-1', address: 'local', healthy: true, weight: 99 },
      { zone: 'east/east-2', address: '10.2.0.10', healthy: false, message: 'refused', weight: 1 },
    ]);
  });

  it('say why the zone gets less than its share', () => {
    const input = { zone, manifests: [entry, remote, rule], healthOf: () => undefined, loadSharesOf };
    const local = (ready: number, wanted: number) => bundleMembers({ ...input, pods: { ready, wanted } })![0];
    expect(local(2, 4)).toMatchObject({
      healthy: true,
      message: '2 of 4 pods are ready, too few for its share',
    });
    expect(local(3, 4)).not.toHaveProperty('message');
    expect(local(0, 4)).not.toHaveProperty('message');
  });

  it('without share weigh 0; without a rule for the zone nothing is claimed', () => {
    const healthOf = () => undefined;
    const west = istio('WorkloadEntry', 'w', { address: '10.3.0.10', locality: 'west/west-1' });
    const manifests = [entry, remote, west, rule];
    expect(
      bundleMembers({ zone, manifests, pods: { ready: 0, wanted: 2 }, healthOf, loadSharesOf })!.map(
        ({ weight }) => weight,
      ),
    ).toEqual([99, 1, 0]);
    const other = bundleMembers({
      zone: parseZoneName('west/west-1'),
      manifests,
      pods: { ready: 0, wanted: 2 },
      healthOf,
      loadSharesOf,
    });
    expect(other!.every(({ weight }) => weight === undefined)).toBe(true);
    expect(other!.every(({ healthy }) => !healthy)).toBe(true);
  });

  it('tell what was observed beside what is wanted, and nothing when no proxy reported', () => {
    const shares = new Map([['east/east-1', 98]]);
    const observed = (host: string) => (host === 'checkout.shop.example.com' ? shares : undefined);
    const input = { zone, manifests: [entry, remote, rule], pods: { ready: 2, wanted: 2 }, healthOf: () => undefined };
    expect(
      bundleMembers({ ...input, loadSharesOf: observed })!.map(({ weight, observedPercent }) => [
        weight,
        observedPercent,
      ]),
    ).toEqual([
      [99, 98],
      [1, 0],
    ]);
    expect(bundleMembers({ ...input, loadSharesOf })!.some((member) => 'observedPercent' in member)).toBe(false);
  });

  it('are probed at their port, or at that of the service', () => {
    const bare = istio('WorkloadEntry', 'w', { address: '10.3.0.10', locality: 'west/west-1' });
    expect(remoteMembersOf([remote, bare, entry]).map(({ address, port }) => [address, port])).toEqual([
      ['10.2.0.10', 80],
      ['10.3.0.10', 8080],
    ]);
  });
});
