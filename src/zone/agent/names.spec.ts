import { Resolver } from 'node:dns/promises';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { annotations } from '../../federation/api';
import { type DestinationRule, destinationRuleKind, type WorkloadEntry, workloadEntryKind } from '../../istio';
import { silentLogger, systemClock } from '../../kernel';
import type { KubeObject } from '../../kube/schema';
import { judgeMembers, type NameRecord } from '../../nameservice';
import { lookAtName } from '../names/look-at-name';
import { probeByProtocol } from '../probe/probe-by-protocol';
import { ZoneDns } from '../process/zone-dns';
import { seen, ZoneWorld } from '../testing/zone-world';

jest.setTimeout(60_000);

const fqdn = 'pay.global.example';
const zones = ['east/east-1', 'east/east-2', 'west/west-1'];

/** What the hub writes for a name over three zones, each behind its own loopback address. */
function recordOf(ports: readonly number[], changes: Partial<NameRecord> = {}): NameRecord {
  return {
    ...{ owner: 'shop/pay', fqdn, provider: 'builtin', ttlSeconds: 30, policy: 'RoundRobin', localPercent: 99 },
    nearest: {},
    networks: { 'west/west-1': ['127.0.5.0/24'] },
    ports: [{ name: 'http', number: 80, transport: 'tcp' }],
    schedule: { intervalSeconds: 1, timeoutSeconds: 1, failureThreshold: 1, successThreshold: 1 },
    members: ports.map((port, index) => ({
      ...{ id: `shop/checkout@${zones[index]!}`, target: 'shop/checkout', ratio: 1, zone: zones[index]! },
      ...{ addresses: [`127.0.${index + 1}.1`], mesh: [`127.0.${index + 1}.2`], tiers: [] },
      entrance: { protocol: 'HTTP' as const, address: '127.0.0.1', port, path: '/healthz' },
    })),
    former: [],
    ...changes,
  };
}

function manifestsOf(record: NameRecord): KubeObject[] {
  const entries = record.members.map((member, index): KubeObject => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'WorkloadEntry',
    metadata: {
      name: `pay-${index}.ns8`,
      namespace: 'shop',
      annotations: { 'federation.flotilla.dev/member': member.id },
    },
    spec: { address: member.mesh[0], locality: member.zone, ports: { http: 80 }, labels: { name: 'pay' } },
  }));
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'pay.ns8', namespace: 'shop' } };
  return [{ ...map, data: { 'name.json': JSON.stringify(record) } }, ...entries];
}

/** Listens on a port of its own, and asks to be closed for good. */
async function application(): Promise<{ server: Server; port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = createHttpServer((request, response) => {
    asked.push(`${request.headers.host} ${request.url}`);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, asked };
}

describe('a name in a zone', () => {
  let world: ZoneWorld;
  let registry = new Registry();
  const closing: (() => Promise<unknown> | void)[] = [];

  beforeEach(async () => {
    world = await ZoneWorld.open();
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    await world.close();
  });

  async function answeredBy(): Promise<{ ask: () => Promise<string[]>; restart: () => Promise<void> }> {
    const start = async (): Promise<{ dns: ZoneDns; port: number }> => {
      registry = new Registry();
      const agent = await world.startAgent({ probe: probeByProtocol });
      const dns = new ZoneDns({
        ...{ listen: '127.0.0.1:0', zone: 'east/east-1', agent, clock: systemClock, logger: silentLogger },
        registry,
      });
      return { dns, port: Number((await dns.start()).split(':')[1]) };
    };
    let running = await start();
    closing.push(() => running.dns.stop());
    return {
      ask: () => {
        const resolver = new Resolver({ timeout: 5000, tries: 1 });
        resolver.setServers([`127.0.0.1:${running.port}`]);
        return resolver.resolve4(fqdn);
      },
      restart: async () => {
        await running.dns.stop();
        await world.stopAgent();
        running = await start();
      },
    };
  }

  function serving(index: number): Promise<string | undefined> {
    return world.gateway
      .get<WorkloadEntry>(workloadEntryKind, `pay-${index}.ns8`, 'shop')
      .then((entry) => entry?.status?.conditions?.find(({ type }) => type === 'Healthy')?.status);
  }

  it('loses the share of a dead place in the rule itself, along the order, beside an upstream istiod', async () => {
    const applications = await Promise.all([application(), application()]);
    closing.push(() => applications.forEach(({ server }) => server.close()));
    await world.startAgent({ probe: probeByProtocol, primary: 'istiod' });
    const record = recordOf(
      applications.map(({ port }) => port),
      { policy: 'Locality' },
    );
    const rule: KubeObject = {
      ...{ apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule' },
      metadata: {
        ...{ name: 'pay.ns8', namespace: 'shop' },
        annotations: { [annotations.failoverOrder]: JSON.stringify({ 'east/east-1': ['east/east-2'] }) },
      },
      spec: {
        host: fqdn,
        trafficPolicy: {
          loadBalancer: {
            localityLbSetting: { distribute: [{ from: 'east/east-1/*', to: { 'east/east-1/*': 100 } }] },
          },
        },
      },
    };
    await world.putBundle({ name: 'pay', cluster: 'east-1-gw', manifests: [...manifestsOf(record), rule] });
    const shares = async (): Promise<Readonly<Record<string, number>> | undefined> => {
      const found = await world.gateway.get<DestinationRule>(destinationRuleKind, 'pay.ns8', 'shop');
      return found?.spec?.trafficPolicy?.loadBalancer?.localityLbSetting?.distribute?.[0]?.to;
    };
    await seen(shares, (to) => to?.['east/east-1/*'] === 100);
    applications[0].server.close();
    await seen(shares, (to) => to?.['east/east-2/*'] === 100 && Object.keys(to).length === 1);
  });

  it('a death leaves DNS within one check interval and the mesh within the same second, and comes back; no hub is there', async () => {
    const applications = await Promise.all([application(), application(), application()]);
    closing.push(() => applications.forEach(({ server }) => server.close()));
    const record = recordOf(applications.map(({ port }) => port));
    const { ask, restart } = await answeredBy();
    await world.putBundle({ name: 'pay', cluster: 'east-1-gw', manifests: manifestsOf(record) });
    await seen(ask, (addresses) => addresses.length === 3);
    for (const index of [0, 1, 2])
      await seen(
        () => serving(index),
        (status) => status === 'True',
      );
    // What was never checked counts as healthy: the first answer of each application is waited for.
    for (const { asked } of applications) {
      await seen(
        () => Promise.resolve(asked),
        (requests) => requests.includes(`${fqdn} /healthz`),
      );
    }

    const [, victim] = applications;
    victim.server.closeAllConnections();
    await new Promise((resolve) => victim.server.close(resolve));
    const diedMs = Date.now();
    await seen(ask, (addresses) => addresses.length === 2 && !addresses.includes('127.0.2.1'));
    const leftDnsMs = Date.now() - diedMs;
    await seen(
      () => serving(1),
      (status) => status === 'False',
    );
    const leftMeshMs = Date.now() - diedMs - leftDnsMs;
    expect(leftDnsMs).toBeLessThanOrEqual(1000 + 1000); // the interval, and a busy machine's second
    expect(leftMeshMs).toBeLessThanOrEqual(1000);
    const { status } = await world.bundleWith('pay', (bundle) => bundle.status?.members?.[1]?.healthy === false);
    expect(status!.members![1]).toMatchObject({ id: 'shop/checkout@east/east-2', reason: 'CheckFailed' });
    expect(status!.members![1]!.message).toContain('ECONNREFUSED');
    expect(Date.parse(status!.members![1]!.since!)).toBeGreaterThanOrEqual(diedMs - 1000);

    expect(await registry.metrics()).toMatch(/flotilla_zone_dns_questions_total\{outcome="answered"\} [1-9]/);
    await restart();
    await seen(ask, (addresses) => addresses.length === 2);
    victim.server.listen(victim.port, '127.0.0.1');
    await seen(ask, (addresses) => addresses.length === 3);
    await seen(
      () => serving(1),
      (status) => status === 'True',
    );
  });

  it('is never answered empty: when every check fails, none is believed, by DNS and mesh alike', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const { ask } = await answeredBy();
    await world.putBundle({ name: 'pay', cluster: 'east-1-gw', manifests: manifestsOf(recordOf([port, port, port])) });
    const { status } = await world.bundleWith(
      'pay',
      (bundle) => bundle.status?.members?.every((m) => !m.healthy) === true,
    );
    expect(status!.members!.map(({ reason }) => reason)).toEqual(['LastResort', 'LastResort', 'LastResort']);
    expect(await ask()).toHaveLength(3);
    for (const index of [0, 1, 2])
      await seen(
        () => serving(index),
        (status) => status === 'True',
      );
  });

  it('leaves DNS while the mesh keeps it, when the hub withdraws it', async () => {
    const { server, port } = await application();
    closing.push(() => void server.close());
    const { ask } = await answeredBy();
    const record = recordOf([port, port, port]);
    await world.putBundle({ name: 'pay', cluster: 'east-1-gw', manifests: manifestsOf(record) });
    await seen(ask, (addresses) => addresses.length === 3);
    await seen(
      () => serving(0),
      (status) => status === 'True',
    );
    const gone = { ...record, withdrawn: true };
    await world.putBundle({ name: 'pay', cluster: 'east-1-gw', manifests: manifestsOf(gone) });
    await seen(
      () => ask().catch((error: { code: string }) => [error.code]),
      ([code]) => code === 'EREFUSED',
    );
    expect(await world.gateway.get(workloadEntryKind, 'pay-0.ns8', 'shop')).toBeDefined();
  });
});

it('DNS and mesh agree on every member, and neither is ever empty, for any sequence of probe results (property)', () => {
  const members = fc.integer({ min: 1, max: 5 });
  const results = fc.array(fc.tuple(fc.nat({ max: 4 }), fc.boolean()), { maxLength: 30 });
  const drained = fc.uniqueArray(fc.nat({ max: 4 }));
  fc.assert(
    fc.property(members, results, drained, (count, outcomes, drains) => {
      const nowMs = Date.UTC(2026, 0, 1);
      const base = recordOf([1, 2, 3]);
      const list = Array.from({ length: count }, (_unused, index) => ({
        ...{
          id: `m${index}`,
          target: 't',
          ratio: 1,
          addresses: [`10.0.0.${index}`],
          mesh: [`10.1.0.${index}`],
          tiers: [],
        },
        entrance: { protocol: 'TCP' as const, address: `10.0.0.${index}`, port: 80 },
        ...(drains.includes(index) ? { drainedUntil: '2026-01-02T00:00:00Z' } : {}),
      }));
      const record = { ...base, members: list };
      const alive = new Map<number, boolean>();
      for (const [index, ok] of outcomes) {
        alive.set(index, ok);
        const verdicts = judgeMembers(
          record,
          ({ address }) => ({ healthy: alive.get(Number(address.split('.')[3])) }),
          nowMs,
        );
        const { entryHealth, members: told } = lookAtName(record, verdicts, manifestsOf(record), nowMs);
        const inDns = verdicts.filter(({ serving }) => serving).map(({ id }) => id);
        const inMesh = entryHealth.entries.flatMap(({ healthy }, place) => (healthy ? [`m${place}`] : []));
        expect(inMesh).toEqual(inDns);
        expect(inDns.length).toBeGreaterThan(0);
        expect(told.map(({ id }) => id)).toEqual(list.map(({ id }) => id));
      }
    }),
  );
});
