import fc from 'fast-check';
import type { KubeObject } from '../../kube/schema';
import { buildModel } from './build-model';

const HOST = 'pay.example.com';
const ZONE = { 'topology.kubernetes.io/region': 'east', 'topology.kubernetes.io/zone': 'east-1' };

type Wanted = Partial<KubeObject> & { readonly kind: string; readonly name: string };

function object({ kind, name, metadata, ...rest }: Wanted): KubeObject {
  const apiVersion = { Service: 'v1', Node: 'v1', Pod: 'v1', EndpointSlice: 'discovery.k8s.io/v1' }[kind];
  const known = { apiVersion: apiVersion ?? 'networking.istio.io/v1', kind };
  return { ...known, metadata: { name, namespace: 'shop', ...metadata }, ...rest };
}

/** An entry with the address of a load balancer, for a Service or none. */
function entry(name: string, options: { weight?: number; of?: string; locality?: string; healthy?: boolean } = {}) {
  const { weight, of, locality = 'east/east-1', healthy } = options;
  const annotations = {
    ...(of === undefined ? {} : { 'federation.flotilla.dev/endpoints-of': of }),
    ...{ 'federation.flotilla.dev/member': `shop/${name}@${locality}` },
    ...(healthy === undefined ? {} : { 'proxy.istio.io/health-checks-enabled': 'true' }),
  };
  return object({
    ...{ kind: 'WorkloadEntry', name, metadata: { name, namespace: 'shop', annotations } },
    spec: {
      address: addressOf(name),
      ports: { http: 80 },
      locality,
      labels: { name: 'pay' },
      ...(weight ? { weight } : {}),
    },
    ...(healthy === undefined
      ? {}
      : { status: { conditions: [{ type: 'Healthy', status: healthy ? 'True' : 'False' }] } }),
  });
}

function addressOf(name: string): string {
  return `10.9.0.${[...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 250}`;
}

/** A Service with so many ready Pods and so many others. */
function service(name: string, ready: number, unready = 0, port = 80): KubeObject[] {
  const pods = Array.from({ length: ready + unready }, (_, index) => ({
    ...{ podName: `${name}-${index}`, ip: `10.1.${name.charCodeAt(0)}.${index + 1}`, isReady: index < ready },
  }));
  const labels = { app: name, 'security.istio.io/tlsMode': 'istio' };
  return [
    object({ kind: 'Node', name: 'node', metadata: { name: 'node', labels: ZONE } }),
    object({
      kind: 'Service',
      name,
      spec: { selector: { app: name }, ports: [{ name: 'http', port, targetPort: 8080 }] },
    }),
    ...pods.map(({ podName, ip, isReady }) =>
      object({
        ...{ kind: 'Pod', name: podName, metadata: { name: podName, namespace: 'shop', labels } },
        spec: { nodeName: 'node' },
        status: { phase: 'Running', podIP: ip, conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
      }),
    ),
    object({
      ...{ kind: 'EndpointSlice', name: `${name}-1` },
      metadata: { name: `${name}-1`, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
      ...{ addressType: 'IPv4', ports: [{ name: 'http', port: 8080 }] },
      endpoints: pods.map(({ podName, ip, isReady }) => ({
        ...{ addresses: [ip], conditions: { ready: isReady }, targetRef: { kind: 'Pod', name: podName } },
      })),
    }),
  ];
}

function modelOf(objects: readonly KubeObject[], resolution = 'STATIC') {
  const ports = [{ name: 'http', number: 80, protocol: 'HTTP' }];
  const spec = { hosts: [HOST], ports, resolution, workloadSelector: { labels: { name: 'pay' } } };
  const all = [...objects, object({ kind: 'ServiceEntry', name: 'pay', spec })];
  const model = buildModel({ mesh: {}, objects: all.map((one) => ({ cluster: 'apps', object: one })) });
  expect(model.findings).toEqual([]);
  return model.services.find(HOST, 'shop')!;
}

/** `address:port*weight` of every endpoint. */
function endpointsOf(objects: readonly KubeObject[], resolution?: string): string[] {
  const endpoints = modelOf(objects, resolution).endpoints.get(80) ?? [];
  return endpoints.map(({ address, port, weight }) => `${address}:${port}*${weight}`).sort();
}

describe('an entry that stands for a Service', () => {
  it('gives way to the ready Pods of the Service, as they are', () => {
    const { endpoints } = modelOf([entry('a', { of: 'shop/a' }), ...service('a', 2, 1)]);
    expect(endpoints.get(80)).toMatchObject([
      { address: '10.1.97.1', port: 8080, tlsMode: 'istio', health: 'HEALTHY', workload: 'a-0', labels: { app: 'a' } },
      { address: '10.1.97.2', locality: { region: 'east', zone: 'east-1' }, member: 'shop/a@east/east-1' },
    ]);
    expect(endpoints.get(80)).toHaveLength(2);
  });

  it('keeps its weight beside others, whatever the number of Pods', () => {
    const two = [entry('a', { of: 'shop/a', weight: 3 }), entry('b', { of: 'shop/b', weight: 1 })];
    expect(endpointsOf([...two, ...service('a', 2), ...service('b', 3)])).toEqual([
      ...['10.1.97.1:8080*9', '10.1.97.2:8080*9'],
      ...['10.1.98.1:8080*2', '10.1.98.2:8080*2', '10.1.98.3:8080*2'],
    ]);
    const remote = entry('r', { locality: 'west/west-1' });
    expect(endpointsOf([entry('a', { of: 'shop/a' }), remote, ...service('a', 3)])).toEqual([
      ...['10.1.97.1:8080*1', '10.1.97.2:8080*1', '10.1.97.3:8080*1', `${addressOf('r')}:80*3`],
    ]);
  });

  it('shares one set of Pods among the addresses of one Service', () => {
    const twice = [
      entry('a', { of: 'shop/a' }),
      entry('aa', { of: 'shop/a' }),
      entry('b', { of: 'shop/b', weight: 2 }),
    ];
    expect(endpointsOf([...twice, ...service('a', 2), ...service('b', 1)])).toEqual([
      ...['10.1.97.1:8080*1', '10.1.97.2:8080*1', '10.1.98.1:8080*2'],
    ]);
  });

  it('takes no WorkloadEntry that the Service selects: the access point has one for every other zone', () => {
    const remote = entry('x', { locality: 'west/west-1' });
    const selected = { ...remote, spec: { address: '10.7.0.1', locality: 'west/west-1', labels: { app: 'a' } } };
    expect(endpointsOf([entry('a', { of: 'shop/a' }), selected, ...service('a', 1)])).toEqual(['10.1.97.1:8080*1']);
  });

  it('takes no part without anything ready, unless nothing else would be left', () => {
    const [own, remote] = [entry('a', { of: 'shop/a' }), entry('r', { locality: 'west/west-1' })];
    expect(endpointsOf([own, remote, ...service('a', 0, 2)])).toEqual([`${addressOf('r')}:80*1`]);
    expect(endpointsOf([own, ...service('a', 0, 2)])).toEqual([`${addressOf('a')}:80*1`]);
  });

  it('keeps its address where nothing is known of the Service, its port or its endpoints', () => {
    const own = entry('a', { of: 'shop/a' });
    const address = [`${addressOf('a')}:80*1`];
    expect(endpointsOf([own])).toEqual(address);
    expect(endpointsOf([own, ...service('a', 2, 0, 81)])).toEqual(address);
    expect(endpointsOf([own, ...service('a', 2).filter(({ kind }) => kind !== 'EndpointSlice')])).toEqual(address);
    expect(endpointsOf([own, ...service('a', 2)], 'DNS')).toEqual(address);
  });

  it('is out when its health says so, with all of its Pods', () => {
    const objects = [
      ...[entry('a', { of: 'shop/a', healthy: false }), entry('r', { locality: 'west/west-1', healthy: true })],
      ...service('a', 2, 1),
    ];
    expect(endpointsOf(objects)).toEqual([`${addressOf('r')}:80*1`]);
    expect(
      modelOf(objects)
        .unready(80)
        .map(({ address }) => address)
        .sort(),
    ).toEqual(['10.1.97.1', '10.1.97.2', '10.1.97.3']);
  });

  it('goes where it says, with the Pods more exactly at their subzone', () => {
    const rack = { ...ZONE, 'topology.istio.io/subzone': 'rack-1' };
    const inRack = service('a', 1).map((one) =>
      one.kind === 'Node' ? { ...one, metadata: { ...one.metadata, labels: rack } } : one,
    );
    const place = (locality: string) =>
      modelOf([entry('a', { of: 'shop/a', locality }), ...inRack]).endpoints.get(80)![0]!;
    expect(place('east/east-1').locality).toEqual({ region: 'east', zone: 'east-1', subzone: 'rack-1' });
    expect(place('elsewhere/spare').locality).toEqual({ region: 'elsewhere', zone: 'spare' });
  });

  it('divides every weight exactly (property)', () => {
    const members = fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 12 })), {
      ...{ minLength: 1, maxLength: 5 },
    });
    fc.assert(
      fc.property(members, (list) => {
        const names = list.map((_, index) => String.fromCharCode(97 + index));
        const entries = list.map(([weight], index) => entry(names[index]!, { of: `shop/${names[index]}`, weight }));
        const services = list.flatMap(([, pods], index) => service(names[index]!, pods, 1));
        const endpoints = modelOf([...entries, ...services]).endpoints.get(80)!;
        const living = list
          .map(([weight, pods], index) => ({ weight, pods, name: names[index]! }))
          .filter(({ pods }) => pods > 0);
        if (living.length === 0) return expect(endpoints).toHaveLength(list.length);
        const whole = endpoints.reduce((sum, { weight }) => sum + weight, 0);
        const all = living.reduce((sum, { weight }) => sum + weight, 0);
        for (const { weight, pods, name } of living) {
          const own = endpoints.filter(({ member }) => member?.startsWith(`shop/${name}@`));
          expect(own).toHaveLength(pods);
          expect(new Set(own.map((one) => one.weight)).size).toBe(1);
          expect(own.reduce((sum, one) => sum + one.weight, 0) * all).toBe(whole * weight);
        }
        return undefined;
      }),
      { numRuns: 60 },
    );
  });
});

describe('what is not ready', () => {
  const unreadyOf = (objects: readonly KubeObject[]): string[] =>
    modelOf(objects)
      .unready(80)
      .map(({ address, locality }) => `${address || 'none'} ${locality.region}/${locality.zone}`)
      .sort();

  it('counts behind the Service that an entry stands for', () => {
    expect(unreadyOf([entry('a', { of: 'shop/a' }), ...service('a', 2, 1)])).toEqual(['10.1.97.3 east/east-1']);
  });

  it('counts once behind the addresses of one Service, also when one of these is taken out', () => {
    const twice = [entry('a', { of: 'shop/a' }), entry('aa', { of: 'shop/a' })];
    expect(unreadyOf([...twice, ...service('a', 1, 1)])).toEqual(['10.1.97.2 east/east-1']);
    const half = [entry('a', { of: 'shop/a', healthy: true }), entry('aa', { of: 'shop/a', healthy: false })];
    expect(unreadyOf([...half, ...service('a', 1, 1)])).toEqual(['10.1.97.2 east/east-1']);
  });

  it('does not count what is published although it is not ready: that serves', () => {
    const published = service('a', 1, 2).map((one) => {
      if (one.kind !== 'EndpointSlice') return one;
      const { endpoints } = one as KubeObject & { readonly endpoints: readonly object[] };
      const [ready, shown] = endpoints;
      return { ...one, endpoints: [ready, { ...shown, conditions: { ready: true } }] };
    });
    expect(unreadyOf([entry('a', { of: 'shop/a' }), ...published])).toEqual(['10.1.97.3 east/east-1']);
  });

  it('counts Pods that have no node yet, where all nodes of the cluster are; not those that end', () => {
    const labels = { app: 'a' };
    const pod = (name: string, status: object, metadata: object = {}) =>
      object({ kind: 'Pod', name, metadata: { name, namespace: 'shop', labels, ...metadata }, spec: {}, status });
    const pods = [
      pod('waiting', { phase: 'Pending' }),
      pod('evicted', { phase: 'Failed', podIP: '10.1.0.7' }),
      pod('leaving', { phase: 'Running', podIP: '10.1.0.8' }, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    ];
    expect(unreadyOf([entry('a', { of: 'shop/a' }), ...service('a', 1), ...pods])).toEqual(['none east/east-1']);
  });

  it('counts what the slices of a Service without a selector say', () => {
    const [node, , , slice] = service('a', 1);
    const byHand = [
      object({ kind: 'Service', name: 'a', spec: { ports: [{ name: 'http', port: 80 }] } }),
      {
        ...slice!,
        endpoints: [
          { addresses: ['10.1.0.1'], nodeName: 'node', conditions: { ready: true } },
          { addresses: ['10.1.0.2'], nodeName: 'node', conditions: { ready: false } },
          { addresses: ['10.1.0.3'], nodeName: 'node', conditions: { ready: false, terminating: true } },
        ],
      },
    ];
    expect(unreadyOf([entry('a', { of: 'shop/a' }), node!, ...byHand])).toEqual(['10.1.0.2 east/east-1']);
  });
});
