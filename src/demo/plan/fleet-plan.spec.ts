import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessPointKind } from '../../accesspoint';
import { memberClusterKind, meshKind } from '../../federation/api';
import { addressBlocks, firstFreeAddress, zoneAddresses } from './address-plan';
import { demoZones, MAX_DEMO_ZONES } from './demo-zone';
import { planFleet, readFleetPlan, zoneOfAddressIn, zoneOfPlan } from './fleet-plan';
import { hubObjects } from './hub-objects';
import { gatewayClusterObjects, workloadClusterObjects } from './zone-objects';

const withCode = (code: string): Error => expect.objectContaining({ code }) as Error;
const plan = (zoneCount = 3) =>
  planFleet({
    zoneCount,
    block: 10,
    ports: { http: 80, https: 443, grpc: 9090 },
    gatewayPorts: ({ index }) => ({ http: 18080 + index, https: 18440 + index, grpc: 19090 + index }),
    agentSocket: ({ zone }) => `/data/${zone}.sock`,
    kubeconfigFile: (cluster) => `/data/${cluster}`,
  });

describe('demoZones', () => {
  it('starts with two zones in the east and one in the west', () => {
    expect(demoZones(3).map(({ name }) => name)).toEqual(['east/east-1', 'east/east-2', 'west/west-1']);
  });

  it('refuses a number of zones that cannot be', () => {
    for (const count of [0, -1, 1.5, Number.NaN, MAX_DEMO_ZONES + 1]) {
      expect(() => demoZones(count)).toThrow(withCode('FLO6001'));
    }
  });
});

describe('addresses', () => {
  it('never overlap between fleets or zones, and stay loopback', () => {
    const prefixes = addressBlocks.flatMap((block) =>
      demoZones(MAX_DEMO_ZONES).map(({ index }) => zoneAddresses(block, index).prefix),
    );
    expect(new Set(prefixes).size).toBe(prefixes.length);
    for (const prefix of prefixes) expect(Number(prefix.split('.')[1])).toBeLessThan(256);
  });

  it('gives the lowest free one, and none when all are taken', () => {
    expect(firstFreeAddress('127.11.1', new Set(['127.11.1.1', '127.11.1.3']))).toBe('127.11.1.2');
    const all = new Set(Array.from({ length: 254 }, (_, index) => `127.11.1.${index + 1}`));
    expect(firstFreeAddress('127.11.1', all)).toBeUndefined();
  });
});

describe('the fleet plan', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'flotilla-plan-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('survives being written and read', () => {
    const file = join(folder, 'fleet.json');
    writeFileSync(file, JSON.stringify(plan()));
    expect(readFleetPlan(file)).toEqual(plan());
  });

  it('refuses what is no plan, and a zone that is not in it', () => {
    const file = join(folder, 'fleet.json');
    writeFileSync(file, '{"block": "ten"}');
    expect(() => readFleetPlan(file)).toThrow(withCode('FLO6008'));
    expect(() => readFleetPlan(join(folder, 'absent.json'))).toThrow(withCode('FLO6008'));
    expect(() => zoneOfPlan(plan(), 'north/north-1')).toThrow(withCode('FLO6008'));
  });

  it('tells the zone of every address that it gives out', () => {
    const zoneOf = zoneOfAddressIn(plan());
    for (const { name, addresses } of plan().zones) {
      expect([addresses.primary, addresses.client, addresses.gateway].map(zoneOf)).toEqual([name, name, name]);
    }
    expect(zoneOf('127.0.0.1')).toBeUndefined();
  });
});

describe('the objects of the demo', () => {
  it('are what the kinds allow', () => {
    const objects = hubObjects(plan(), (cluster) => `kubeconfig of ${cluster}`);
    const kinds = new Map([accessPointKind, memberClusterKind, meshKind].map((kind) => [kind.kind, kind]));
    const checked = objects.filter(({ kind }) => kinds.has(kind));
    expect(checked.map(({ kind }) => kind)).toEqual(['Mesh', ...Array(6).fill('MemberCluster'), 'AccessPoint']);
    for (const object of checked) expect(kinds.get(object.kind)!.spec.parse(object.spec)).toBeDefined();
  });

  it('put every node into its zone, and every pod onto a node of its cluster', () => {
    for (const zone of plan().zones) {
      for (const objects of [workloadClusterObjects(plan(), zone), gatewayClusterObjects(plan(), zone)]) {
        const nodes = objects.filter(({ kind }) => kind === 'Node');
        for (const { metadata } of nodes) {
          expect(metadata.labels).toMatchObject({
            'topology.kubernetes.io/region': zone.region,
            'topology.kubernetes.io/zone': zone.zone,
          });
        }
        const pods = objects.filter(({ kind }) => kind === 'Pod');
        expect(pods.length).toBeGreaterThan(0);
        for (const { spec } of pods) {
          expect(nodes.map(({ metadata }) => metadata.name)).toContain((spec as { nodeName: string }).nodeName);
        }
      }
    }
  });
});
