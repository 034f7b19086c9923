import fc from 'fast-check';
import { planOffline } from '../federation';
import type { KubeObject } from '../kube/schema';
import { overlay, savedPlanOf } from './saved-plan';
import { type Edit, edited, planFleet } from './testing/edited-fleet';

const nowMs = Date.UTC(2026, 0, 1);
const name: KubeObject = {
  apiVersion: 'federation.flotilla.dev/v1alpha1',
  kind: 'NameService',
  metadata: { name: 'pay', namespace: 'shop' },
  spec: {
    mesh: 'prod',
    fqdn: 'pay.shop.example.com',
    ports: [{ name: 'http', number: 80 }],
    targets: [{ accessPointRef: { name: 'checkout' }, ratio: 3 }],
  },
};
const fleet = [...planFleet(), name];
const zones = ['east/east-1', 'east/east-2', 'west/west-1'];
const someZones = fc.subarray(zones, { minLength: 1 });

function accessPoint(name: string, spec: Record<string, unknown>): Edit {
  return { kind: 'AccessPoint', namespace: 'shop', name, merge: { spec } };
}

function nameService(spec: Record<string, unknown>): Edit {
  return { kind: 'NameService', namespace: 'shop', name: 'pay', merge: { spec } };
}

/** Edits that people make: of access points with overrides and drains, names, policies, clusters and the mesh. */
const edit = fc.oneof(
  fc.constantFrom('RoundRobin', 'Locality', 'Ratio').map((dnsPolicy) => nameService({ dnsPolicy })),
  fc.integer({ min: 1, max: 60 }).map((ttlSeconds) => nameService({ ttlSeconds })),
  fc.constantFrom('Direct', 'ViaGateway').map((meshTraffic) => nameService({ meshTraffic })),
  fc.tuple(fc.constantFrom(...zones), fc.integer({ min: 1, max: 9 })).map(([zone, maxConnections]) => {
    const mergePatch = { spec: { trafficPolicy: { connectionPool: { tcp: { maxConnections } } } } };
    const target = { zones: [zone] };
    return accessPoint('checkout', {
      overrides: [{ target, object: { kind: 'DestinationRule', name: 'checkout' }, mergePatch }],
    });
  }),
  // One that is on, and one that is over: that one changes the hub object and nothing else.
  fc
    .tuple(fc.constantFrom(...zones), fc.constantFrom('2025-06-01T00:00:00Z', '2026-06-01T00:00:00Z'))
    .map(([zone, until]) => accessPoint('checkout', { runtime: { drain: [{ zone, until }] } })),
  fc
    .integer({ min: 1, max: 100 })
    .map((localPercent) => accessPoint('checkout', { runtime: { locality: { localPercent } } })),
  fc.constantFrom('Nearest', 'All').map((remote) => accessPoint('search', { runtime: { locality: { remote } } })),
  someZones.map((chosen) => accessPoint('checkout', { placement: { zones: chosen } })),
  someZones.map((chosen): Edit => ({ kind: 'PlacementPolicy', name: 'eastern', merge: { spec: { zones: chosen } } })),
  fc.boolean().map((paused): Edit => ({ kind: 'MemberCluster', name: 'west-1-apps', merge: { spec: { paused } } })),
  fc
    .integer({ min: 0, max: 3 })
    .map((maxFailures): Edit => ({ kind: 'RolloutPolicy', name: 'waves', merge: { spec: { maxFailures } } })),
  fc
    .integer({ min: 1, max: 99 })
    .map((localPercent): Edit => ({ kind: 'Mesh', name: 'prod', merge: { spec: { locality: { localPercent } } } })),
  fc.constantFrom('a', 'b').map((value): Edit => ({
    kind: 'AccessPoint',
    namespace: 'shop',
    name: 'search',
    merge: { metadata: { labels: { team: value } } },
  })),
);
const edits = fc.array(edit, { maxLength: 4 });
const deletions: readonly Edit[] = [
  { kind: 'AccessPoint', namespace: 'shop', name: 'search', delete: true },
  { kind: 'NameService', namespace: 'shop', name: 'pay', delete: true },
  { kind: 'MemberCluster', name: 'west-1-apps', delete: true },
];
const change = fc
  .tuple(edits, fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.subarray([...deletions])))
  .map(([list, gone]): readonly Edit[] => [...list, ...gone]);

function shuffled(objects: readonly KubeObject[]): readonly KubeObject[] {
  return [...objects].reverse().map((object) => JSON.parse(JSON.stringify(object)) as KubeObject);
}

describe('plans of a fleet (properties)', () => {
  it('start from a fleet that is right, so that what follows is about changes', () => {
    const { findings, clusters } = planOffline(planFleet(), fleet, nowMs);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(clusters.length).toBeGreaterThan(0);
  });

  it('leave nothing to do once they are applied', () => {
    fc.assert(
      fc.property(change, (list) => {
        const next = edited(fleet, list);
        const plan = planOffline(fleet, next, nowMs);
        if (plan.findings.some(({ severity }) => severity === 'error')) return;
        const applied = overlay(fleet, savedPlanOf(plan, next));
        expect(planOffline(applied, next, nowMs)).toMatchObject({ intent: [], clusters: [], groups: [] });
      }),
      { numRuns: 60 },
    );
  });

  it('have one digest exactly for one outcome', () => {
    fc.assert(
      fc.property(change, change, (one, other) => {
        const [left, right] = [one, other].map((list) => edited(fleet, list));
        const plans = [left!, right!].map((next) => planOffline(fleet, next, nowMs));
        const [first, second] = plans.map(({ intent, clusters }) => JSON.stringify([intent, clusters]));
        // The edits of hub objects are in the list, field by field, so equal lists mean equal outcomes.
        expect(plans[0]!.digest === plans[1]!.digest).toBe(first === second);
        expect(planOffline(shuffled(fleet), shuffled(left!), nowMs).digest).toBe(plans[0]!.digest);
      }),
      { numRuns: 40 },
    );
  });

  it('put every cluster that changes into exactly one group, and every change that can go into a stage', () => {
    fc.assert(
      fc.property(change, (list) => {
        const { clusters, groups, blastRadius } = planOffline(fleet, edited(fleet, list), nowMs);
        const names = clusters.map(({ cluster }) => cluster);
        expect(groups.flatMap((group) => group.clusters).sort()).toEqual(names);
        const staged = new Set(blastRadius.stages.flatMap((stage) => stage.clusters));
        const ready = clusters.filter(({ state }) => state === 'ready').map(({ cluster }) => cluster);
        expect([...staged].sort()).toEqual(ready);
      }),
      { numRuns: 40 },
    );
  });
});
