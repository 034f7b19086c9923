import type { Service } from '../../istio';
import { desiredSlices, sliceContent } from './endpoint-slices';
import { planLoadBalancers } from './load-balancers';
import { kindOfPod, type SimulatedPod, statusPatch } from './simulated-pod';
import { STATIC_ADDRESS, WHOAMI_IMAGE } from '../plan/zone-objects';

const pod = (name: string, podIP: string | undefined, ready = true, labels: Record<string, string> = { app: 'web' }) =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels },
    spec: {
      nodeName: 'node-0',
      containers: [{ name: 'web', image: WHOAMI_IMAGE, ports: [{ name: 'http', containerPort: 8080 }] }],
    },
    status: {
      ...(podIP === undefined ? {} : { podIP }),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  }) as SimulatedPod;

const service = (name: string, spec: Service['spec'], more: object = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
  ...more,
});

describe('desiredSlices', () => {
  it('lists every selected pod that has an address, ready or not, with ports resolved by name', () => {
    const pods = [
      pod('b', '127.11.0.2', false),
      pod('a', '127.11.0.1'),
      pod('new', undefined),
      pod('x', '127.11.0.9', true, {}),
    ];
    const [slice, ...others] = desiredSlices([service('web', {})], pods, () => 'east-1');
    expect(others).toEqual([]);
    expect(slice).toMatchObject({
      metadata: {
        namespace: 'shop',
        labels: { 'kubernetes.io/service-name': 'web' },
        ownerReferences: [{ kind: 'Service', name: 'web', uid: 'uid-web' }],
      },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    });
    expect(slice?.endpoints).toEqual([
      {
        ...{ addresses: ['127.11.0.1'], nodeName: 'node-0', zone: 'east-1' },
        conditions: { ready: true, serving: true, terminating: false },
        targetRef: { kind: 'Pod', name: 'a', namespace: 'shop' },
      },
      expect.objectContaining({
        addresses: ['127.11.0.2'],
        conditions: { ready: false, serving: false, terminating: false },
      }),
    ]);
  });

  it('has none for a Service without selector, one that is being deleted, or pods of another namespace', () => {
    const elsewhere = {
      ...pod('a', '127.11.0.1'),
      metadata: { name: 'a', namespace: 'other', labels: { app: 'web' } },
    };
    const { selector: _none, ...withoutSelector } = service('manual', {}).spec!;
    const leaving = service('leaving', {});
    const services = [
      { ...service('manual', {}), spec: withoutSelector },
      { ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: '2026-01-01T00:00:01Z' } },
      service('web', {}),
    ];
    expect(desiredSlices(services, [elsewhere], () => undefined)).toEqual([]);
  });

  it('makes one slice for each set of ports, with names of their own', () => {
    const other = pod('b', '127.11.0.2');
    const otherPort = {
      ...other,
      spec: { containers: [{ name: 'web', ports: [{ name: 'http', containerPort: 9999 }] }] },
    };
    const slices = desiredSlices([service('web', {})], [pod('a', '127.11.0.1'), otherPort], () => undefined);
    expect(slices.map(({ ports }) => ports?.[0]?.port)).toEqual([8080, 9999]);
    expect(new Set(slices.map(({ metadata }) => metadata.name)).size).toBe(2);
  });

  it('says the same whatever the server added', () => {
    const [slice] = desiredSlices([service('web', {})], [pod('a', '127.11.0.1')], () => 'east-1');
    const stored = { ...slice!, metadata: { ...slice!.metadata, resourceVersion: '7', uid: 'x' } };
    expect(sliceContent(stored)).toBe(sliceContent(slice!));
  });
});

describe('planLoadBalancers', () => {
  const balanced = (name: string, ip?: string, created = '2026-01-01T00:00:00Z') =>
    service(
      name,
      { type: 'LoadBalancer' },
      {
        metadata: { name, namespace: 'shop', creationTimestamp: created },
        ...(ip === undefined ? {} : { status: { loadBalancer: { ingress: [{ ip }] } } }),
      },
    );
  const addresses = (services: readonly Service[]) =>
    Object.fromEntries(
      planLoadBalancers(services, [], '127.11.1').map((plan) => [plan.service.metadata.name, plan.address]),
    );

  it('keeps addresses, gives new ones the lowest free, and ignores other Services', () => {
    const services = [balanced('a'), balanced('b', '127.11.1.1'), balanced('c'), service('d', { type: 'ClusterIP' })];
    expect(addresses(services)).toEqual({ a: '127.11.1.2', b: '127.11.1.1', c: '127.11.1.3' });
  });

  it('takes back an address of another range, and one that an older Service has', () => {
    const services = [
      balanced('young', '127.11.1.1', '2026-01-02T00:00:00Z'),
      balanced('old', '127.11.1.1'),
      balanced('moved', '127.99.1.1'),
    ];
    expect(addresses(services)).toEqual({ old: '127.11.1.1', moved: '127.11.1.2', young: '127.11.1.3' });
  });

  it('leads to ready pods only, and to no pod that lacks the port', () => {
    const pods = [pod('a', '127.11.0.1'), pod('b', '127.11.0.2', false), pod('c', undefined)];
    const bare = { ...pod('d', '127.11.0.4'), spec: { containers: [] } };
    const [plan] = planLoadBalancers([balanced('web')], [...pods, bare], '127.11.1');
    expect(plan?.ports).toEqual([{ port: 80, backends: [{ address: '127.11.0.1', port: 8080 }] }]);
  });

  it('has no plan for a Service that finds no address left', () => {
    const taken = Array.from({ length: 254 }, (_, index) => balanced(`s${index}`, `127.11.1.${index + 1}`));
    expect(addresses([...taken, balanced('late', undefined, '2027-01-01T00:00:00Z')])).not.toHaveProperty('late');
  });
});

describe('pods of the demo', () => {
  it('are run when they are bound to a node and have the application, watched over when they have an address, else left', () => {
    const bound = pod('a', undefined);
    expect(kindOfPod(bound)).toBe('whoami');
    expect(kindOfPod({ ...bound, spec: { containers: [{ name: 'web', image: WHOAMI_IMAGE }] } })).toBe('foreign');
    expect(kindOfPod({ ...bound, spec: { nodeName: 'n', containers: [{ name: 'x', image: 'nginx' }] } })).toBe(
      'foreign',
    );
    const annotated = { ...bound.metadata, annotations: { [STATIC_ADDRESS]: '127.11.4.1' } };
    expect(kindOfPod({ ...bound, metadata: annotated })).toBe('static');
  });

  it('are reported once, and again when they change', () => {
    const now = { address: '127.11.0.1', ready: true, time: '2026-01-01T00:00:00Z' };
    const patch = statusPatch(pod('a', undefined), now) as { status: SimulatedPod['status'] };
    expect(patch.status).toMatchObject({ phase: 'Running', podIP: '127.11.0.1' });
    const reported = { ...pod('a', undefined), status: patch.status! };
    expect(statusPatch(reported, now)).toBeUndefined();
    expect(statusPatch(reported, { ...now, ready: false })).toMatchObject({
      status: {
        conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'False' })]) as unknown,
      },
    });
    expect(statusPatch(reported, { ...now, address: '127.11.0.2' })).toMatchObject({ status: { podIP: '127.11.0.2' } });
  });
});
