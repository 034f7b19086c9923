import * as fc from 'fast-check';
import { type AccessPoint, accessPointKind } from '../../accesspoint';
import {
  type FederatedDeployment,
  federatedDeploymentKind,
  type MemberCluster,
  memberClusterKind,
  type PlacementPolicy,
  placementPolicyKind,
} from '../api';
import { chooseClusters } from './choose-clusters';
import { fleetOf } from './fleet-member';
import { placeAccessPoint } from './place-access-point';
import type { PlacementSources } from './placement-rules';

const apiVersion = 'federation.flotilla.dev/v1alpha1';
const nothing: PlacementSources = { policies: [], deployments: [], workloads: [] };

function member(
  name: string,
  zone: string,
  extra: { role?: string; labels?: object; spec?: object } = {},
): MemberCluster {
  const [region, zonePart] = zone.split('/');
  const spec = { region, zone: zonePart, role: extra.role ?? 'Gateway', meshes: ['prod'], ...extra.spec };
  const labels = extra.labels as Record<string, string> | undefined;
  const metadata = { name, ...(labels === undefined ? {} : { labels }) };
  return { apiVersion, kind: 'MemberCluster', metadata, spec: memberClusterKind.spec.parse(spec) };
}

function accessPoint(placement: unknown): AccessPoint {
  const spec = accessPointKind.spec.parse({
    mesh: 'prod',
    hosts: ['web.example.com'],
    ports: [{ name: 'http', number: 80, protocol: 'HTTP' }],
    backend: { service: { name: 'web' }, selector: { app: 'web' } },
    placement,
  });
  return { apiVersion, kind: 'AccessPoint', metadata: { name: 'web', namespace: 'shop' }, spec };
}

function placed(
  placement: unknown,
  clusters: readonly MemberCluster[],
  previous: Iterable<string> = [],
  sources: Partial<PlacementSources> = {},
): string[] {
  const input = { accessPoint: accessPoint(placement), clusters, sources: { ...nothing, ...sources } };
  return placeAccessPoint({ ...input, previous: new Set(previous) }).clusters.map(({ name }) => name);
}

const policyOf = (spec: unknown): PlacementPolicy => ({
  apiVersion,
  kind: 'PlacementPolicy',
  metadata: { name: 'p' },
  spec: placementPolicyKind.spec.parse(spec),
});

describe('an access point that follows a deployment', () => {
  const fleet = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => member(name, `east/${name}`));
  const deployment = (clusters?: readonly { cluster: string; phase?: string }[]): FederatedDeployment => ({
    apiVersion,
    kind: 'FederatedDeployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: federatedDeploymentKind.spec.parse({
      mesh: 'prod',
      template: { spec: {} },
      placement: { rules: { clusterSelector: {}, maxClusters: 1, tolerations: [{ operator: 'Exists' }] } },
    }),
    ...(clusters === undefined ? {} : { status: { clusters: clusters.map((row) => ({ zone: 'east/x', ...row })) } }),
  });
  const follow = { workloadRef: { kind: 'FederatedDeployment', name: 'web' } };

  it('goes where it is, although its rules alone would choose another cluster today', () => {
    const [byRules] = placed(follow, fleet, [], { deployments: [deployment()] });
    const others = fleet.map(({ metadata }) => metadata.name).filter((name) => name !== byRules);
    for (const cluster of others)
      expect(placed(follow, fleet, [], { deployments: [deployment([{ cluster }])] })).toEqual([cluster]);
  });

  it('leaves the clusters that the deployment leaves', () => {
    const rows = [
      { cluster: 'a', phase: 'Removing' },
      { cluster: 'b', phase: 'Applied' },
    ];
    expect(placed(follow, fleet, ['a'], { deployments: [deployment(rows)] })).toEqual(['b']);
  });

  it('tolerates what the deployment tolerates', () => {
    const tainted = [member('a', 'east/a', { spec: { taints: [{ key: 'x', effect: 'NoExecute' }] } })];
    expect(placed(follow, tainted, [], { deployments: [deployment([{ cluster: 'a' }])] })).toEqual(['a']);
  });
});

describe('a gateway cluster that is named, in a zone that has workload clusters', () => {
  const fleet = [
    member('a-gateway', 'east/a'),
    member('a-apps', 'east/a', { role: 'Workload' }),
    member('b-gateway', 'east/b'),
  ];
  const backends = (placement: unknown, sources: Partial<PlacementSources> = {}): Record<string, boolean> => {
    const input = { accessPoint: accessPoint(placement), clusters: fleet, sources: { ...nothing, ...sources } };
    const { clusters: there } = placeAccessPoint({ ...input, previous: new Set() });
    return Object.fromEntries(there.map(({ name, holdsBackend }) => [name, holdsBackend]));
  };
  const workload = (kind: string, names: readonly string[]): Partial<PlacementSources> => ({
    workloads: [{ kind, namespace: 'shop', name: 'web', clusters: names }],
  });
  const policy = (spec: unknown): Partial<PlacementSources> => ({ policies: [policyOf(spec)] });

  it.each([
    ['the access point', { clusters: ['a-gateway'] }, {}],
    ['a policy', { policyRef: { name: 'p' } }, policy({ clusters: ['a-gateway'] })],
    [
      'a Karmada ResourceBinding',
      { workloadRef: { kind: 'ResourceBinding', name: 'web' } },
      workload('ResourceBinding', ['a-gateway']),
    ],
    [
      'an OCM PlacementDecision',
      { workloadRef: { kind: 'PlacementDecision', name: 'web' } },
      workload('PlacementDecision', ['a-gateway']),
    ],
  ])('holds the backend: named by %s', (_who, placement, sources) => {
    expect(backends(placement, sources)).toEqual({ 'a-gateway': true });
  });

  it('only leads the traffic when it is named beside a workload cluster, unless a workload runs in both', () => {
    const both = ['a-apps', 'a-gateway'];
    const served = { 'a-apps': true, 'a-gateway': false };
    expect(backends({ clusters: both })).toEqual(served);
    expect(backends({ policyRef: { name: 'p' } }, policy({ clusters: both }))).toEqual(served);
    const follow = { workloadRef: { kind: 'ResourceBinding', name: 'web' } };
    expect(backends(follow, workload('ResourceBinding', both))).toEqual({ 'a-apps': true, 'a-gateway': true });
  });

  it('is passed over by what only selects', () => {
    expect(backends({ policyRef: { name: 'p' } }, policy({ zones: ['east/a'] }))).toEqual({
      'a-apps': true,
      'a-gateway': false,
    });
  });
});

describe('a workload of another system', () => {
  const fleet = [member('a', 'east/a'), member('b', 'east/b')];
  const findings = (names: readonly string[]): string[] => {
    const workloads = [{ kind: 'ResourceBinding', namespace: 'shop', name: 'web', clusters: names }];
    const placement = { workloadRef: { kind: 'ResourceBinding', name: 'web' } };
    const input = { accessPoint: accessPoint(placement), clusters: fleet, sources: { ...nothing, workloads } };
    const told = placeAccessPoint({ ...input, previous: new Set() }).findings;
    return told.map(({ severity, code, message }) => `${severity} ${code} ${message}`);
  };

  it('that runs where the hub knows no cluster is told of', () => {
    expect(findings(['a', 'b'])).toEqual([]);
    expect(findings(['a', 'member7', 'member9'])).toEqual([
      'warning FLO3033 ResourceBinding "web" runs in clusters that are no MemberClusters of mesh "prod", and gets no traffic there: member7, member9',
    ]);
    expect(findings(['member9'])).toEqual([
      expect.stringMatching(/^warning FLO3033 .*: member9$/),
      expect.stringMatching(/^error FLO3028 /),
    ]);
  });
});

const zone = fc.constantFrom('east/a', 'east/b', 'west/c', 'west/d', 'north/e');
const clusters = fc.uniqueArray(
  fc.record({ name: fc.stringMatching(/^[a-z]{1,6}$/), zone, ring: fc.constantFrom('one', 'two', 'three') }),
  { minLength: 2, maxLength: 14, selector: ({ name }) => name },
);
const rules = fc.record(
  {
    clusterSelector: fc.constant({}),
    maxClusters: fc.integer({ min: 1, max: 5 }),
    spread: fc.array(
      fc.record({
        topologyKey: fc.constantFrom('region', 'zone', 'ring'),
        maxClusters: fc.integer({ min: 1, max: 3 }),
      }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: ['clusterSelector'] },
);

describe('choices', () => {
  const members = (list: readonly { name: string; zone: string; ring: string }[]): MemberCluster[] =>
    list.map(({ name, zone: place, ring }) => member(name, place, { labels: { ring } }));
  const choose = (spec: unknown, list: readonly MemberCluster[], previous: readonly string[]): string[] =>
    chooseClusters({
      owner: 'AccessPoint/shop/web',
      rules: placementPolicyKind.spec.parse(spec),
      candidates: fleetOf(list, 'prod'),
      previous: new Set(previous),
    }).map(({ name }) => name);

  it('do not depend on the order of the fleet', () => {
    fc.assert(
      fc.property(clusters, rules, (list, spec) => {
        const there = members(list);
        expect(choose(spec, [...there].reverse(), [])).toEqual(choose(spec, there, []));
      }),
    );
  });

  it('stay when a cluster joins', () => {
    fc.assert(
      fc.property(clusters, rules, (list, spec) => {
        const [joining, ...before] = members(list);
        const chosen = choose(spec, before, []);
        const after = choose(spec, [joining!, ...before], chosen);
        expect(after).toEqual(expect.arrayContaining(chosen));
        expect(after.filter((name) => !chosen.includes(name) && name !== joining!.metadata.name)).toEqual([]);
      }),
    );
  });

  it('move only what a leaving cluster had', () => {
    fc.assert(
      fc.property(clusters, rules, fc.nat(), (list, spec, index) => {
        const there = members(list);
        const chosen = choose(spec, there, []);
        const leaving = there[index % there.length]!.metadata.name;
        const after = choose(
          spec,
          there.filter(({ metadata }) => metadata.name !== leaving),
          chosen,
        );
        expect(after).toEqual(expect.arrayContaining(chosen.filter((name) => name !== leaving)));
        // Each rule that the leaving cluster counted for may let in one other; without room elsewhere nothing else moves.
        if (!chosen.includes(leaving)) expect(after).toEqual(chosen);
      }),
    );
  });

  it('respect every limit', () => {
    fc.assert(
      fc.property(clusters, rules, (list, spec) => {
        const there = members(list);
        const chosen = there.filter(({ metadata }) => choose(spec, there, []).includes(metadata.name));
        if (spec.maxClusters !== undefined) expect(chosen.length).toBeLessThanOrEqual(spec.maxClusters);
        for (const { topologyKey, maxClusters } of spec.spread ?? []) {
          const values = chosen.map(({ spec: cluster, metadata }) =>
            topologyKey === 'ring' ? metadata.labels?.ring : cluster?.[topologyKey],
          );
          for (const value of values)
            expect(values.filter((other) => other === value).length).toBeLessThanOrEqual(maxClusters);
        }
      }),
    );
  });

  it('spread different owners over different clusters', () => {
    const there = fleetOf(
      members(Array.from({ length: 10 }, (_, index) => ({ name: `c${index}`, zone: 'east/a', ring: 'one' }))),
      'prod',
    );
    const firsts = Array.from({ length: 100 }, (_, index) => {
      const rulesOfOne = placementPolicyKind.spec.parse({ clusterSelector: {}, maxClusters: 1 });
      const input = { owner: `AccessPoint/shop/app${index}`, rules: rulesOfOne, candidates: there };
      return chooseClusters({ ...input, previous: new Set() })[0]?.name;
    });
    expect(new Set(firsts).size).toBe(10);
  });
});

describe('a fleet that changes', () => {
  const zones = { zones: ['east/a', 'west/b'] };
  const a = member('a', 'east/a');
  const b = member('b', 'west/b');

  it('takes a workload cluster that joins a named zone, which then holds the backend', () => {
    const joined = [a, b, member('a-apps', 'east/a', { role: 'Workload' })];
    const input = { accessPoint: accessPoint(zones), clusters: joined, sources: nothing, previous: new Set<string>() };
    const holders = placeAccessPoint(input).clusters.filter(({ holdsBackend }) => holdsBackend);
    expect(holders.map(({ name }) => name)).toEqual(['a-apps', 'b']);
  });

  it('does not move for a pause, because a pause only holds releases', () => {
    const paused = member('b', 'west/b', { spec: { paused: true } });
    expect(placed(zones, [a, paused], ['a', 'b'])).toEqual(['a', 'b']);
  });

  it('leaves a cluster that is being deleted or leaves the mesh', () => {
    const deleted = { ...b, metadata: { ...b.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    const moved = member('b', 'west/b', { spec: { meshes: ['stage'] } });
    for (const gone of [deleted, moved]) expect(placed({ clusterSelector: {} }, [a, gone], ['a', 'b'])).toEqual(['a']);
  });

  it('chooses by a policy and keeps to it when a cluster of higher rank joins', () => {
    const policy = policyOf({ clusterSelector: {}, maxClusters: 1 });
    const placement = { policyRef: { name: 'p' } };
    const [only] = placed(placement, [a], [], { policies: [policy] });
    expect(placed(placement, [a, b], [only!], { policies: [policy] })).toEqual(['a']);
    expect(placed(placement, [b], [only!], { policies: [policy] })).toEqual(['b']);
  });
});
