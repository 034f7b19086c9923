import { annotations } from '../../federation/api';
import { type DestinationRule, destinationRuleKind, type WorkloadEntry, workloadEntryKind } from '../../istio';
import type { KubeObject } from '../../kube/schema';
import type { Probe } from '../probe/probe-target';
import { LeapingClock } from '../testing/leaping-clock';
import { serviceEntry, workloadEntry } from '../testing/manifests';
import { seen, ZoneWorld } from '../testing/zone-world';

jest.setTimeout(30_000);

let world: ZoneWorld;

beforeEach(async () => {
  world = await ZoneWorld.open();
});
afterEach(() => world.close());

describe('a remote member', () => {
  it('is left out by status alone while its probe fails, and comes back', async () => {
    let answers = true;
    const probe: Probe = () => Promise.resolve(answers ? { ok: true } : { ok: false, message: 'refused' });
    await world.startAgent({ probe, probeIntervalMs: 50 });
    const manifests = [serviceEntry(), workloadEntry('east-2', '10.2.0.10'), workloadEntry('east-3', '10.3.0.10')];
    await world.putBundle({ name: 'web', cluster: 'east-1-gw', manifests });
    await seen(
      () => healthOf('checkout-east-2'),
      (health) => health?.status === 'True',
    );
    const before = await seen(
      () => world.gateway.get(workloadEntryKind, 'checkout-east-2', 'shop'),
      (entry) => entry?.metadata.annotations?.['proxy.istio.io/health-checks-enabled'] === 'true',
    );
    const { status } = await world.bundleWith('web', (bundle) => bundle.status?.members?.[1]?.healthy === true);
    expect(status!.drift).toBeUndefined(); // what the agent adds by itself is no drift
    expect(answers).toBe(true);
    answers = false;
    await seen(
      () => healthOf('checkout-east-2'),
      (health) => health?.reason === 'LastResort',
    );
    answers = true;
    await seen(
      () => healthOf('checkout-east-2'),
      (health) => health?.reason === 'Serving',
    );
    const after = await world.gateway.get(workloadEntryKind, 'checkout-east-2', 'shop');
    expect(after!.metadata.generation).toBe(before!.metadata.generation);
  });

  it('of a drained zone is left out until the drain ends by itself', async () => {
    const clock = new LeapingClock();
    await world.startAgent({ clock });
    const until = new Date(clock.nowMs() + 3_600_000).toISOString();
    const rule: KubeObject = {
      ...{ apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule' },
      metadata: {
        name: 'checkout',
        namespace: 'shop',
        annotations: { [annotations.drains]: JSON.stringify({ 'east/east-2': until }) },
      },
      spec: { host: 'checkout.shop.example.com' },
    };
    const manifests = [
      serviceEntry(),
      rule,
      workloadEntry('east-2', '10.2.0.10'),
      workloadEntry('east-3', '10.3.0.10'),
    ];
    await world.putBundle({ name: 'web', cluster: 'east-1-gw', manifests });
    await seen(
      () => healthOf('checkout-east-2'),
      (health) => health?.status === 'False' && health.reason === 'Drained',
    );
    await seen(
      () => healthOf('checkout-east-3'),
      (health) => health?.status === 'True',
    );
    const { status } = await world.bundleWith('web', (bundle) => bundle.status?.members?.[1]?.healthy === false);
    expect(status!.members![1]!.message).toContain('drained until');
    clock.leap(3_600_000);
    await seen(
      () => healthOf('checkout-east-2'),
      (health) => health?.status === 'True',
    );
  });
});

describe('the own zone', () => {
  it('gets its share back when its drain ends, without a hub', async () => {
    const clock = new LeapingClock();
    await world.startAgent({ clock });
    const until = new Date(clock.nowMs() + 3_600_000).toISOString();
    const rule = weights({ 'east/east-2/*': 100 }, ['east/east-1'], {
      [annotations.drains]: JSON.stringify({ 'east/east-1': until }),
      [annotations.poolLocality]: JSON.stringify({
        ...{ localPercent: 99, remote: 'Nearest', failoverOrder: [] },
        ...{ members: ['east/east-1', 'east/east-2'], localOnly: [] },
      }),
    });
    await world.putBundle({
      ...{ name: 'web', cluster: 'east-1-gw' },
      manifests: [serviceEntry(), rule, workloadEntry('east-2', '10.2.0.10')],
    });
    await seen(sharesOfRule, (to) => to?.['east/east-2/*'] === 100);
    await world.bundleWith('web', ({ status }) => status?.members?.[1]?.weight === 100);
    clock.leap(3_600_000);
    await seen(sharesOfRule, (to) => to?.['east/east-1/*'] === 99 && to['east/east-2/*'] === 1);
    const { status } = await world.bundleWith('web', (bundle) => bundle.status?.members?.[1]?.weight === 1);
    expect(status!.drift).toBeUndefined();
  });
});

describe('under an upstream istiod', () => {
  it('the weight of a dead zone moves in the rule itself, is no drift, and moves back', async () => {
    let dead = false;
    const probe: Probe = ({ address }) =>
      Promise.resolve(dead && address === '10.2.0.10' ? { ok: false, message: 'refused' } : { ok: true });
    await world.startAgent({ probe, probeIntervalMs: 50, primary: 'istiod' });
    const manifests = [
      ...[serviceEntry(), weights({ 'east/east-2/*': 100 }, ['east/east-3'])],
      ...[workloadEntry('east-2', '10.2.0.10'), workloadEntry('east-3', '10.3.0.10')],
    ];
    await world.putBundle({ name: 'web', cluster: 'east-1-gw', manifests });
    await seen(sharesOfRule, (to) => to?.['east/east-2/*'] === 100);
    dead = true;
    await seen(sharesOfRule, (to) => to?.['east/east-3/*'] === 100);
    dead = false;
    await seen(sharesOfRule, (to) => to?.['east/east-2/*'] === 100);
    const { status } = await world.bundleWith('web', (bundle) => bundle.status?.phase === 'Applied');
    expect(status!.drift).toBeUndefined();
  });
});

function weights(to: Record<string, number>, order: string[], marks: Record<string, string> = {}): KubeObject {
  const text = JSON.stringify({ 'east/east-1': order });
  return {
    ...{ apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule' },
    metadata: { name: 'checkout', namespace: 'shop', annotations: { [annotations.failoverOrder]: text, ...marks } },
    spec: {
      host: 'checkout.shop.example.com',
      trafficPolicy: { loadBalancer: { localityLbSetting: { distribute: [{ from: 'east/east-1/*', to }] } } },
    },
  };
}

async function sharesOfRule(): Promise<Readonly<Record<string, number>> | undefined> {
  const rule = await world.gateway.get<DestinationRule>(destinationRuleKind, 'checkout', 'shop');
  return rule?.spec?.trafficPolicy?.loadBalancer?.localityLbSetting?.distribute?.[0]?.to;
}

async function healthOf(entry: string): Promise<{ status: string; reason?: string | undefined } | undefined> {
  const found = await world.gateway.get<WorkloadEntry>(workloadEntryKind, entry, 'shop');
  return found?.status?.conditions?.find(({ type }) => type === 'Healthy');
}
