import {
  type MemberCluster,
  memberClusterKind,
  type PlacementPolicy,
  placementRules,
  type RolloutPolicy,
  rolloutStrategy,
} from '../../api';
import { placementPolicyStatus } from './placement-policy-status';
import { rolloutPolicyStatus } from './rollout-policy-status';

const nowMs = Date.UTC(2026, 0, 1);
const laterMs = nowMs + 60_000;

function clusters(count: number): MemberCluster[] {
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v',
    kind: 'MemberCluster',
    metadata: { name: `c${1000 + index}` },
    spec: memberClusterKind.spec.parse({ region: 'east', zone: 'a', role: 'Workload', meshes: ['prod'] }),
  }));
}

describe('the status of a placement policy', () => {
  const policy = (rules: unknown, status?: PlacementPolicy['status']): PlacementPolicy => ({
    ...{ apiVersion: 'v', kind: 'PlacementPolicy', metadata: { name: 'p', generation: 3 } },
    spec: placementRules.parse(rules),
    ...(status === undefined ? {} : { status }),
  });

  it('lists what is chosen, and what limits it', () => {
    const rules = { clusterSelector: {}, maxClusters: 2, spread: [{ topologyKey: 'zone', maxClusters: 1 }] };
    expect(placementPolicyStatus(policy(rules), clusters(2), nowMs)).toEqual({
      observedGeneration: 3,
      clusterCount: 2,
      clusters: ['c1000', 'c1001'],
      conditions: [
        {
          ...{ type: 'Ready', status: 'True', reason: 'ClustersFit', observedGeneration: 3 },
          message: '2 clusters fit, at most 2 of them for each owner, 1 for each zone',
          lastTransitionTime: '2026-01-01T00:00:00Z',
        },
      ],
    });
  });

  it('lists a bounded number of names and counts all', () => {
    const status = placementPolicyStatus(policy({ clusterSelector: {} }), clusters(150), nowMs);
    expect([status.clusterCount, status.clusters?.length]).toEqual([150, 100]);
  });

  it('says why nothing is chosen, and keeps the time while that stays so', () => {
    const before = placementPolicyStatus(policy({ zones: ['west/z'] }), clusters(1), nowMs);
    expect(before).toMatchObject({
      clusterCount: 0,
      clusters: [],
      conditions: [{ status: 'False', reason: 'NoClusters', message: 'no cluster is in zone west/z' }],
    });
    expect(placementPolicyStatus(policy({ zones: ['west/z'] }, before), clusters(1), laterMs)).toEqual(before);
  });

  it('tells of names that are not there although others are', () => {
    const status = placementPolicyStatus(policy({ clusters: ['c1000', 'x'] }), clusters(1), nowMs);
    expect(status.conditions?.[0]).toMatchObject({
      status: 'True',
      message: '1 cluster fits; there is no MemberCluster x',
    });
  });
});

describe('the status of a rollout policy', () => {
  const policy = (stages: readonly unknown[], status?: RolloutPolicy['status']): RolloutPolicy => ({
    ...{ apiVersion: 'v', kind: 'RolloutPolicy', metadata: { name: 'p', generation: 2 } },
    spec: rolloutStrategy.parse({ stages }),
    ...(status === undefined ? {} : { status }),
  });
  const surroundings = { clusters: clusters(2), owners: 4, nowMs };

  it('counts who uses it', () => {
    expect(rolloutPolicyStatus(policy([{ name: 'canary', count: 1 }]), surroundings)).toEqual({
      observedGeneration: 2,
      owners: 4,
      conditions: [
        {
          ...{ type: 'Ready', status: 'True', reason: 'StagesFit', observedGeneration: 2 },
          message: 'each stage can match clusters of the hub',
          lastTransitionTime: '2026-01-01T00:00:00Z',
        },
      ],
    });
  });

  it('names every stage that can match nothing, and keeps the time while that stays so', () => {
    const wrong = [
      { name: 'canary', clusters: ['x'] },
      { name: 'early', selector: { matchLabels: { ring: 'early' } } },
    ];
    const before = rolloutPolicyStatus(policy(wrong), surroundings);
    expect(before.conditions?.[0]).toMatchObject({
      status: 'False',
      reason: 'StageWithoutClusters',
      message: 'stage canary: there is no MemberCluster x; stage early: its selector fits none of 2 clusters',
    });
    expect(rolloutPolicyStatus(policy(wrong, before), { ...surroundings, nowMs: laterMs })).toEqual(before);
  });

  it('is well without stages', () => {
    expect(rolloutPolicyStatus(policy([]), surroundings).conditions?.[0]).toMatchObject({
      status: 'True',
      message: 'no stages: one cluster after another',
    });
  });
});
