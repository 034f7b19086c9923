import { type MemberCluster, memberClusterKind, placementRules } from '../api';
import { choiceOf } from './policy-choice';

interface Extra {
  readonly role?: 'Gateway' | 'Workload';
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly object[];
  readonly meshes?: readonly string[];
}

function member(name: string, zone: string, extra: Extra = {}): MemberCluster {
  const { role = 'Workload', taints = [], meshes = ['prod'], labels = {} } = extra;
  const spec = memberClusterKind.spec.parse({ region: 'east', zone, role, meshes, taints });
  return { apiVersion: 'v', kind: 'MemberCluster', metadata: { name, labels }, spec };
}

const fleet = [
  member('a-gateway', 'a', { role: 'Gateway', labels: { ring: 'edge' } }),
  member('a-apps', 'a', { labels: { ring: 'early' } }),
  member('b-gateway', 'b', { role: 'Gateway', labels: { ring: 'early' } }),
  member('c-apps', 'c', { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] }),
  member('stage-apps', 'a', { meshes: ['stage'] }),
];

const early = { matchLabels: { ring: 'early' } };

describe('what a policy chooses from', () => {
  it.each([
    ['everything that can hold a backend, of every mesh', { clusterSelector: {} }, 'a-apps b-gateway stage-apps'],
    ['zones', { zones: ['east/a'] }, 'a-apps stage-apps'],
    ['zones and labels together', { zones: ['east/b'], clusterSelector: early }, 'b-gateway'],
    ['names whatever else is said', { clusters: ['c-apps'], zones: ['east/b'] }, 'b-gateway c-apps'],
    ['a gateway cluster that is named, beside workload clusters', { clusters: ['a-gateway'] }, 'a-gateway'],
    ['what it tolerates', { zones: ['east/c'], tolerations: [{ operator: 'Exists' }] }, 'c-apps'],
    ['all that fit, although each owner gets one', { clusterSelector: early, maxClusters: 1 }, 'a-apps b-gateway'],
    [
      'all that fit, although each region gets one',
      { clusterSelector: early, spread: [{ topologyKey: 'region', maxClusters: 1 }] },
      'a-apps b-gateway',
    ],
  ])('%s', (_what, rules, expected) => {
    const { clusters, reason } = choiceOf(placementRules.parse(rules), fleet);
    expect(clusters.join(' ')).toBe(expected);
    expect(reason).toBeUndefined();
  });

  it.each([
    [{}, 'it gives no clusters, clusterSelector or zones, and nothing given is nothing chosen'],
    [{ clusters: ['z', 'y'] }, 'there is no MemberCluster y, z'],
    [{ zones: ['west/z'] }, 'no cluster is in zone west/z'],
    [{ clusterSelector: { matchLabels: { ring: 'late' } } }, 'its clusterSelector fits none of 5 clusters'],
    [{ clusterSelector: early, zones: ['east/c'] }, 'its clusterSelector fits no cluster in its zones'],
    [{ clusterSelector: early, zones: ['west/z'] }, 'no cluster is in zone west/z'],
    [
      { clusterSelector: { matchLabels: { ring: 'edge' } } },
      'a-gateway: gateway clusters of zones that have workload clusters take no workloads',
    ],
    [{ zones: ['east/c'] }, 'taints that it does not tolerate keep things away from c-apps (gpu=yes:NoSchedule)'],
  ])('is nothing, with the reason: %j', (rules, reason) => {
    expect(choiceOf(placementRules.parse(rules), fleet)).toMatchObject({ clusters: [], reason });
  });

  it('is nothing in a hub without clusters, and says so', () => {
    const gone = { ...fleet[1]!, metadata: { name: 'a-apps', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    for (const clusters of [[], [gone]])
      expect(choiceOf(placementRules.parse({ clusterSelector: {} }), clusters).reason).toBe(
        'the hub has no MemberCluster in any mesh',
      );
  });

  it('tells what it names in vain also when other clusters fit', () => {
    const rules = placementRules.parse({ clusters: ['a-apps', 'typo'], zones: ['east/b', 'east/z'] });
    expect(choiceOf(rules, fleet)).toEqual({
      clusters: ['a-apps', 'b-gateway'],
      absent: ['there is no MemberCluster typo', 'no cluster is in zone east/z'],
      reason: undefined,
    });
  });

  it('lists no more names than people read', () => {
    const names = Array.from({ length: 12 }, (_, index) => `n${index + 10}`);
    expect(choiceOf(placementRules.parse({ clusters: names }), fleet).reason).toMatch(/n10, .*n19 and 2 more$/);
  });
});
