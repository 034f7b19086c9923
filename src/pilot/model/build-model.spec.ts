import fc from 'fast-check';
import type { KubeObject } from '../../kube/schema';
import { buildModel, type MeshModel } from './build-model';
import type { ClusterObject } from './kind-buckets';
import { parseProxy } from './proxy';
import type { MeshService } from './service';
import { withLocality } from './workload-of-proxy';

const mesh = { trustDomain: 'example.com' };
const ready = [{ type: 'Ready', status: 'True' }];

interface PodFields {
  readonly name: string;
  readonly address: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: object;
  readonly status?: object;
  readonly deletionTimestamp?: string;
}

function pod({ name, address, labels = { app: 'cart' }, spec, status, deletionTimestamp }: PodFields): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels, ...(deletionTimestamp ? { deletionTimestamp } : {}) },
    spec: { containers: [], serviceAccountName: 'cart', ...spec },
    status: { phase: 'Running', podIP: address, conditions: ready, ...status },
  };
}

const entry: KubeObject = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: {
    hosts: ['cart.example.com'],
    resolution: 'STATIC',
    ports: [{ name: 'http', number: 80, protocol: 'HTTP', targetPort: 8080 }],
    workloadSelector: { labels: { app: 'cart' } },
  },
};

function workloadEntry(name: string, address: string, extra: object = {}, metadata: object = {}): KubeObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'WorkloadEntry',
    metadata: { name, namespace: 'shop', ...metadata },
    spec: { address, labels: { app: 'cart' }, ...extra },
  };
}

function model(...objects: readonly (KubeObject | ClusterObject)[]): MeshModel {
  return buildModel({
    mesh,
    objects: objects.map((object) => ('cluster' in object ? (object as ClusterObject) : { cluster: 'east-1', object })),
  });
}

function addresses(built: MeshModel, host: string, port = 80): readonly string[] {
  const service = built.services.find(host, 'shop');
  return (service?.endpoints.get(port) ?? []).map((endpoint) => `${endpoint.address}:${endpoint.port}`);
}

describe('a ServiceEntry with a workload selector', () => {
  it('takes the ready Pods of every cluster and the WorkloadEntries of its namespace', () => {
    const built = model(
      entry,
      pod({ name: 'a', address: '10.0.0.1' }),
      { cluster: 'east-1-apps', object: pod({ name: 'b', address: '10.0.0.2' }) },
      workloadEntry('west', '10.9.0.1', { ports: { http: 8443 } }),
      pod({ name: 'other', address: '10.0.0.9', labels: { app: 'other' } }),
    );
    expect(addresses(built, 'cart.example.com')).toEqual(['10.0.0.1:8080', '10.0.0.2:8080', '10.9.0.1:8443']);
  });

  it.each<readonly [string, Partial<PodFields>]>([
    ['unready', { status: { conditions: [{ type: 'Ready', status: 'False' }] } }],
    ['terminating', { deletionTimestamp: '2026-01-01T00:00:00Z' }],
    ['finished', { status: { phase: 'Succeeded' } }],
    ['without address', { address: '' }],
  ])('leaves out a Pod that is %s', (_why, fields) => {
    expect(addresses(model(entry, pod({ name: 'a', address: '10.0.0.1', ...fields })), 'cart.example.com')).toEqual([]);
  });

  it.each([
    ['True', ['10.9.0.1:8080']],
    ['False', []],
  ])('believes the health condition %s of a WorkloadEntry with health checks', (status, expected) => {
    const annotations = { 'proxy.istio.io/health-checks-enabled': 'true' };
    const checked = {
      ...workloadEntry('west', '10.9.0.1', {}, { annotations }),
      status: { conditions: [{ type: 'Healthy', status }] },
    };
    expect(addresses(model(entry, checked), 'cart.example.com')).toEqual(expected);
  });
});

const service: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { clusterIP: '172.16.0.1', selector: { app: 'cart' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
};

function slice(name: string, endpoints: readonly object[]): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'shop', labels: { 'kubernetes.io/service-name': 'cart' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080 }],
    endpoints,
  };
}

describe('a Service', () => {
  const host = 'cart.shop.svc.cluster.local';

  it('takes the ready endpoints of its slices, each once, unset readiness being ready', () => {
    const built = model(
      service,
      slice('one', [
        { addresses: ['10.0.0.1'], conditions: { ready: true } },
        { addresses: ['10.0.0.2'], conditions: { ready: false } },
      ]),
      slice('two', [{ addresses: ['10.0.0.1'] }, { addresses: ['10.0.0.3'] }]),
    );
    expect(addresses(built, host)).toEqual(['10.0.0.1:8080', '10.0.0.3:8080']);
  });

  it('is one service across clusters', () => {
    const built = model(
      { cluster: 'a', object: service },
      { cluster: 'a', object: slice('one', [{ addresses: ['10.0.0.1'] }]) },
      { cluster: 'b', object: { ...service, metadata: { ...service.metadata } } },
      { cluster: 'b', object: slice('one', [{ addresses: ['10.1.0.1'] }]) },
    );
    expect(addresses(built, host)).toEqual(['10.0.0.1:8080', '10.1.0.1:8080']);
    expect(built.services.all).toHaveLength(1);
  });

  it('knows Pods by name, so that those on one host are not mistaken for each other', () => {
    const shared = { spec: { hostNetwork: true }, address: '10.0.0.1' };
    const targetRef = { kind: 'Pod', name: 'mine', namespace: 'shop' };
    const built = model(
      service,
      pod({ name: 'mine', labels: { version: 'v1' }, ...shared }),
      pod({ name: 'other', labels: { version: 'v2' }, ...shared }),
      slice('one', [{ addresses: ['10.0.0.1'], targetRef }]),
    );
    const [endpoint] = built.services.find(host, 'shop')?.endpoints.get(80) ?? [];
    expect(endpoint).toMatchObject({ labels: { version: 'v1' }, workload: 'mine' });
  });

  it('keeps labels and identity of an unready Pod that its slice publishes all the same', () => {
    const built = model(
      service,
      pod({ name: 'a', address: '10.0.0.1', status: { conditions: [] } }),
      slice('one', [{ addresses: ['10.0.0.1'], conditions: { ready: true } }]),
    );
    const [endpoint] = built.services.find(host, 'shop')?.endpoints.get(80) ?? [];
    expect(endpoint?.identity).toBe('spiffe://example.com/ns/shop/sa/cart');
  });
});

describe('which service a namespace sees', () => {
  function twin(namespace: string, createdAt: string, exportTo?: readonly string[]): KubeObject {
    return {
      ...entry,
      metadata: { name: 'cart', namespace, creationTimestamp: createdAt },
      spec: { ...(entry.spec as object), exportTo },
    };
  }

  function namespaceOf(built: MeshModel, from: string): string | undefined {
    return built.services.find('cart.example.com', from)?.namespace;
  }

  it('is its own, else the oldest that is exported to it', () => {
    const built = model(
      twin('late', '2026-01-03T00:00:00Z'),
      twin('early', '2026-01-01T00:00:00Z'),
      twin('hidden', '2025-01-01T00:00:00Z', ['.']),
    );
    expect(namespaceOf(built, 'late')).toBe('late');
    expect(namespaceOf(built, 'hidden')).toBe('hidden');
    expect(namespaceOf(built, 'elsewhere')).toBe('early');
    expect(built.services.visibleIn('elsewhere').map(({ namespace }) => namespace)).toEqual(['early']);
  });
});

describe('a proxy without a locality', () => {
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: 'node-1',
      labels: { 'topology.kubernetes.io/region': 'east', 'topology.kubernetes.io/zone': 'east-1' },
    },
  };
  const proxy = parseProxy({ id: 'router~10.0.0.1~a.shop~shop.svc.cluster.local', metadata: { CLUSTER_ID: 'east-1' } });

  it('is where its Pod is, even before that is ready', () => {
    const unready = pod({ name: 'a', address: '10.0.0.1', spec: { nodeName: 'node-1' }, status: { conditions: [] } });
    expect(withLocality(model(node, unready), proxy).locality).toEqual({ region: 'east', zone: 'east-1' });
  });

  it('is nowhere when its Pod is not in sight', () => {
    const elsewhere = { cluster: 'west-1', object: pod({ name: 'a', address: '10.0.0.1' }) };
    expect(withLocality(model(node, elsewhere), proxy)).toBe(proxy);
  });
});

it('serves what can be read, and tells the rest', () => {
  const broken = { ...entry, metadata: { name: 'broken', namespace: 'shop' }, spec: { hosts: 7 } };
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } };
  const built = model(entry, broken, deployment);
  expect(built.services.all).toHaveLength(1);
  expect(built.findings.map(({ code, object }) => `${code} ${object?.name ?? ''}`)).toEqual(['FLO4002 broken']);
  expect(built.unknownKinds).toEqual(['apps/v1/Deployment']);
});

it('does not depend on the order in which objects arrive', () => {
  const objects = [
    entry,
    service,
    slice('one', [{ addresses: ['10.0.0.1'] }]),
    slice('two', [{ addresses: ['10.0.0.2'] }]),
    pod({ name: 'a', address: '10.0.0.1' }),
    pod({ name: 'b', address: '10.0.0.2' }),
    workloadEntry('west', '10.9.0.1'),
  ];
  const view = (list: readonly KubeObject[]): readonly (readonly [string, unknown])[] =>
    model(...list).services.all.map(({ hostname, endpoints }: MeshService) => [hostname, [...endpoints]] as const);
  const expected = view(objects);
  fc.assert(
    fc.property(fc.shuffledSubarray(objects, { minLength: objects.length }), (shuffled) => {
      expect(view(shuffled)).toEqual(expected);
    }),
  );
});
