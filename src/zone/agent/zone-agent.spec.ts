import { type Bundle, labels, type MemberCluster, memberClusterKind } from '../../federation/api';
import { serviceEntryKind, workloadEntryKind } from '../../istio';
import { coreKinds, type KubeObject } from '../../kube/schema';
import { service, serviceEntry, workloadEntry } from '../testing/manifests';
import { seen, ZoneWorld } from '../testing/zone-world';

jest.setTimeout(30_000);

const { service: serviceKind } = coreKinds;

const vip = service('checkout-vip', 'checkout', { type: 'LoadBalancer' });
const isApplied = ({ spec, status }: Bundle): boolean =>
  status?.phase === 'Applied' && status.appliedDigest === spec?.digest;

let world: ZoneWorld;

beforeEach(async () => {
  world = await ZoneWorld.open();
});
afterEach(() => world.close());

describe('a bundle', () => {
  it('comes into its cluster, and its address comes back as a fact', async () => {
    await world.startAgent();
    await world.putBundle({ name: 'checkout', cluster: 'east-1-apps', manifests: [service('checkout'), vip] });
    const { spec, status } = await world.bundleWith('checkout', isApplied);
    expect(status).toMatchObject({ appliedDigest: spec!.digest, appliedRevision: spec!.revision, appliedEpoch: 1 });
    await world.bundleWith(
      'checkout',
      (bundle) => bundle.status?.message?.includes('no load balancer address') === true,
    );

    const patch = { status: { loadBalancer: { ingress: [{ ip: '10.1.0.10' }] } } };
    await world.apps.patch(serviceKind, 'checkout-vip', 'shop', patch, { type: 'merge', subresource: 'status' });
    const reported = await world.bundleWith('checkout', (bundle) => bundle.status?.vip === '10.1.0.10');
    expect(reported.status!.message).toBeUndefined();
  });

  it('counts the ready pods behind it in every cluster of the zone', async () => {
    await world.startAgent();
    await world.putBundle({ name: 'web', cluster: 'east-1-gw', manifests: [serviceEntry()] });
    await world.bundleWith('web', ({ status }) => status?.readyEndpoints === 0);
    for (const [name, ready] of [
      ['a', 'True'],
      ['b', 'False'],
    ] as const) {
      await world.apps.create(coreKinds.pod, pod(name));
      const patch = { status: { conditions: [{ type: 'Ready', status: ready }] } };
      await world.apps.patch(coreKinds.pod, name, 'shop', patch, { type: 'merge', subresource: 'status' });
    }
    const message = '1 of 2 pods are ready, too few for its share';
    const { status } = await world.bundleWith('web', (bundle) => bundle.status?.members?.[0]?.message === message);
    expect(status!.readyEndpoints).toBe(1);
    expect(status!.members).toEqual([{ zone: 'east/east-1', address: 'local', healthy: true, message }]);
  });

  it('that shrinks loses what it no longer holds, and nothing else', async () => {
    await world.startAgent();
    await world.apps.create(serviceKind, service('foreign', 'other'));
    await world.putBundle({ name: 'checkout', cluster: 'east-1-apps', manifests: [service('checkout'), vip] });
    await world.bundleWith('checkout', isApplied);
    await world.putBundle({ name: 'checkout', cluster: 'east-1-apps', manifests: [service('checkout')] });
    await seen(serviceNames, (names) => !names.includes('checkout-vip'));
    expect(await serviceNames()).toEqual(['checkout', 'foreign']);
  });

  it('that is deleted takes its objects with it, and only then goes', async () => {
    await world.startAgent();
    const manifests = [serviceEntry(), workloadEntry('east-2', '10.2.0.10')];
    await world.putBundle({ name: 'web', cluster: 'east-1-gw', manifests });
    await world.bundleWith('web', isApplied);
    await world.deleteBundle('web');
    await seen(
      () => world.bundle('web'),
      (bundle) => bundle === undefined,
    );
    expect((await world.gateway.list(serviceEntryKind)).items).toEqual([]);
    expect((await world.gateway.list(workloadEntryKind)).items).toEqual([]);
  });

  it('from an earlier leader of the hub is refused', async () => {
    await world.startAgent();
    await world.putBundle({ name: 'checkout', cluster: 'east-1-apps', manifests: [service('checkout')], epoch: 5 });
    await world.bundleWith('checkout', isApplied);
    await world.putBundle({ name: 'checkout', cluster: 'east-1-apps', manifests: [service('late')], epoch: 4 });
    const { status } = await world.bundleWith('checkout', (bundle) => bundle.status?.phase === 'Failed');
    expect(status!.message).toContain('epoch 4 is older than epoch 5');
    expect(status!.appliedEpoch).toBe(5);
    expect(await serviceNames()).toEqual(['checkout']);
  });
});

describe('what others do to the objects', () => {
  it('is put back and reported with path and both values', async () => {
    await world.startAgent();
    await world.putBundle({ name: 'checkout', cluster: 'east-1-apps', manifests: [service('checkout')] });
    await world.bundleWith('checkout', isApplied);
    const patch = { spec: { selector: { app: 'cart' } } };
    await world.apps.patch(serviceKind, 'checkout', 'shop', patch, { type: 'merge', fieldManager: 'kubectl-edit' });
    const { status } = await world.bundleWith('checkout', (bundle) => (bundle.status?.drift?.length ?? 0) > 0);
    expect(status!.drift).toEqual([
      expect.objectContaining({
        object: 'Service/shop/checkout',
        path: 'spec.selector.app',
        wanted: 'checkout',
        found: 'cart',
      }),
    ]);
    await seen(appOfCheckout, (app) => app === 'checkout');
  });

  it('is undone when they delete one', async () => {
    await world.startAgent();
    await world.putBundle({ name: 'checkout', cluster: 'east-1-apps', manifests: [service('checkout')] });
    await world.bundleWith('checkout', isApplied);
    await world.apps.delete(serviceKind, 'checkout', 'shop');
    await seen(serviceNames, (names) => names.includes('checkout'));
    const { status } = await world.bundleWith('checkout', (bundle) => (bundle.status?.drift?.length ?? 0) > 0);
    expect(status!.drift![0]).toMatchObject({ wanted: 'present', found: 'absent' });
  });

  it('is respected when the object was theirs first: the conflict names the field and its manager', async () => {
    await world.startAgent();
    await world.apps.apply(serviceKind, service('checkout', 'theirs'), { fieldManager: 'kubectl' });
    await world.putBundle({ name: 'checkout', cluster: 'east-1-apps', manifests: [service('checkout')] });
    const { status } = await world.bundleWith('checkout', (bundle) => bundle.status?.phase === 'Failed');
    expect(status!.conditions!.find(({ type }) => type === 'Applied')).toMatchObject({ reason: 'FieldConflict' });
    expect(status!.message).toMatch(/kubectl.*selector/s);
    expect(await appOfCheckout()).toBe('theirs');
  });

  it('is given back, not deleted, when an object was there before and fits', async () => {
    await world.startAgent();
    await world.apps.apply(serviceKind, service('checkout'), { fieldManager: 'kubectl' });
    await world.putBundle({ name: 'checkout', cluster: 'east-1-apps', manifests: [service('checkout'), vip] });
    await world.bundleWith('checkout', isApplied);
    await world.deleteBundle('checkout');
    await seen(
      () => world.bundle('checkout'),
      (bundle) => bundle === undefined,
    );
    expect(await serviceNames()).toEqual(['checkout']);
    const left = await world.apps.get(serviceKind, 'checkout', 'shop');
    expect(left!.metadata.labels?.[labels.bundle]).toBeUndefined();
    expect(await appOfCheckout()).toBe('checkout');
  });

  it('counts as foreign when it belongs to another bundle', async () => {
    await world.startAgent();
    await world.putBundle({ name: 'first', cluster: 'east-1-apps', manifests: [service('checkout')] });
    await world.bundleWith('first', isApplied);
    await world.putBundle({ name: 'second', cluster: 'east-1-apps', manifests: [service('checkout', 'other')] });
    const { status } = await world.bundleWith('second', (bundle) => bundle.status?.phase === 'Failed');
    expect(status!.message).toContain('it belongs to bundle first');
    expect(await appOfCheckout()).toBe('checkout');
  });
});

describe('a cluster that cannot be reached', () => {
  it('is a state: its bundles wait, others go on, and all is well when it returns', async () => {
    await world.startAgent();
    await world.putBundle({ name: 'checkout', cluster: 'east-1-apps', manifests: [service('checkout')] });
    await world.bundleWith('checkout', isApplied);
    await world.loseApps();
    await world.putBundle({ name: 'checkout', cluster: 'east-1-apps', manifests: [service('checkout'), vip] });
    await world.putBundle({ name: 'web', cluster: 'east-1-gw', manifests: [serviceEntry()] });
    const waiting = await world.bundleWith('checkout', (bundle) => bundle.status?.phase === 'Pending');
    expect(waiting.status!.message).toMatch(/east-1-apps/);
    expect(waiting.status!.appliedDigest).not.toBe(waiting.spec!.digest);
    await world.bundleWith('web', isApplied);
    await seen(
      () => condition('east-1-apps', 'Reachable'),
      (status) => status === 'False',
    );

    await world.returnApps();
    await world.bundleWith('checkout', isApplied);
    expect(await serviceNames()).toContain('checkout-vip');
    await seen(
      () => condition('east-1-apps', 'Reachable'),
      (status) => status === 'True',
    );
  });

  it('without credentials is named', async () => {
    await world.startAgent();
    await world.putBundle({ name: 'far', cluster: 'east-1-more', manifests: [service('checkout')] });
    const { status } = await world.bundleWith('far', (bundle) => bundle.status?.phase === 'Pending');
    expect(status!.message).toContain('holds a kubeconfig for cluster east-1-more');
  });
});

describe('an agent that was restarted', () => {
  it('takes up where the other stopped: changed, shrunk and deleted bundles alike', async () => {
    await world.startAgent();
    await world.putBundle({ name: 'checkout', cluster: 'east-1-apps', manifests: [service('checkout'), vip] });
    await world.putBundle({ name: 'web', cluster: 'east-1-gw', manifests: [serviceEntry()] });
    await world.bundleWith('checkout', isApplied);
    await world.bundleWith('web', isApplied);
    await world.stopAgent();
    await world.putBundle({ name: 'checkout', cluster: 'east-1-apps', manifests: [service('checkout', 'cart')] });
    await world.deleteBundle('web');

    await world.startAgent();
    await seen(
      () => world.bundle('web'),
      (bundle) => bundle === undefined,
    );
    await seen(appOfCheckout, (app) => app === 'cart');
    await seen(serviceNames, (names) => !names.includes('checkout-vip'));
    expect((await world.gateway.list(serviceEntryKind)).items).toEqual([]);
  });
});

describe('the copy of a MemberCluster', () => {
  it('tells version, facts and counts', async () => {
    await world.startAgent();
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels: LOCATED } };
    await world.apps.create(coreKinds.node, node);
    await world.putBundle({ name: 'checkout', cluster: 'east-1-apps', manifests: [service('checkout')] });
    const { status } = await seen(
      () => memberCluster('east-1-apps'),
      (cluster) => cluster.status?.counts?.applied === 1 && cluster.status.facts?.nodeLocalities.length === 1,
    );
    expect(status).toMatchObject({ facts: { nodeLocalities: ['east/east-1'] }, counts: { bundles: 1, failed: 0 } });
    expect(status!.version).toMatch(/^v1\./);
    expect(status!.lastContact).toBeDefined();
    expect(await condition('east-1-apps', 'Synced')).toBe('True');
  });

  it('says who serves the proxies, on the gateway cluster alone', async () => {
    await world.startAgent({ primary: 'istiod' });
    const { status } = await seen(
      () => memberCluster('east-1-gw'),
      (cluster) => cluster.status?.facts !== undefined,
    );
    expect(status!.facts!.primary).toBe('istiod');
    const apps = await seen(
      () => memberCluster('east-1-apps'),
      (cluster) => cluster.status?.facts !== undefined,
    );
    expect(apps.status!.facts!.primary).toBeUndefined();
  });
});

const LOCATED = { 'topology.kubernetes.io/region': 'east', 'topology.kubernetes.io/zone': 'east-1' };

function pod(name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels: { app: 'checkout' } },
    spec: { nodeName: 'n1', containers: [{ name: 'app', image: 'app' }] },
  };
}

async function serviceNames(): Promise<string[]> {
  return (await world.apps.list(serviceKind, { namespace: 'shop' })).items.map(({ metadata }) => metadata.name).sort();
}

async function appOfCheckout(): Promise<string | undefined> {
  const found = await world.apps.get<KubeObject<{ selector: { app: string } }>>(serviceKind, 'checkout', 'shop');
  return found?.spec?.selector.app;
}

async function memberCluster(name: string): Promise<MemberCluster> {
  return (await world.gateway.get<MemberCluster>(memberClusterKind, name))!;
}

async function condition(cluster: string, type: string): Promise<string | undefined> {
  return (await memberCluster(cluster)).status?.conditions?.find((entry) => entry.type === type)?.status;
}
