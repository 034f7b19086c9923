import * as fc from 'fast-check';
import type { PlacedCluster } from '../../accesspoint';
import { type MemberCluster, rolloutStrategy } from '../api';
import { placed } from './plan-fixture';
import { stageProblems } from './stage-problems';
import { stagesOf } from './stages';

function member(name: string, ring: string): MemberCluster {
  return { apiVersion: 'v', kind: 'MemberCluster', metadata: { name, labels: { ring } } };
}

const fleet = [member('a', 'early'), member('b', 'late'), member('c', 'late')];
const early = { matchLabels: { ring: 'early' } };
const taken = 'the stages before it take every cluster that it could have';

function problems(stages: readonly object[], clusters: readonly MemberCluster[] = fleet): string[] {
  const named = stages.map((stage, index) => ({ name: `s${index}`, ...stage }));
  return stageProblems(rolloutStrategy.parse({ stages: named }), clusters).map(
    ({ stage, message }) => `${stage}: ${message}`,
  );
}

describe('stages that can match no cluster', () => {
  it.each<[string, readonly object[], readonly string[]]>([
    ['none without stages', [], []],
    ['none where each finds something', [{ selector: early }, { count: 1 }, { percent: 50 }, {}], []],
    ['names that are not there', [{ clusters: ['x', 'y'] }], ['s0: there is no MemberCluster x, y']],
    ['not where one name is there', [{ clusters: ['x', 'a'] }], []],
    [
      'labels that nothing has',
      [{ selector: { matchLabels: { ring: 'x' } } }],
      ['s0: its selector fits none of 3 clusters'],
    ],
    ['names that a stage before has', [{ selector: early }, { clusters: ['a'] }], [`s1: ${taken}`]],
    [
      'whatever follows a stage that takes all',
      [{}, { count: 1 }, { clusters: ['a'] }],
      [`s1: ${taken}`, `s2: ${taken}`],
    ],
    ['whatever follows an empty selector', [{ selector: {} }, {}], [`s1: ${taken}`]],
    ['whatever follows a hundred percent', [{ percent: 60 }, { percent: 40 }, {}], [`s2: ${taken}`]],
    ['not what a count may leave', [{ count: 3 }, { clusters: ['a'] }], []],
    [
      'each by itself',
      [{ clusters: ['x'] }, { clusters: ['a'] }, { clusters: ['a'] }],
      ['s0: there is no MemberCluster x', `s2: ${taken}`],
    ],
  ])('%s', (_what, stages, expected) => {
    expect(problems(stages)).toEqual(expected);
  });

  it('are all of them in a hub without clusters', () => {
    const gone = { ...fleet[0]!, metadata: { name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    for (const clusters of [[], [gone]])
      expect(problems([{ count: 1 }, {}], clusters)).toEqual([
        's0: the hub has no MemberCluster',
        's1: the hub has no MemberCluster',
      ]);
  });

  it('have no cluster in any release, wherever an owner is placed', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'x'), { minLength: 1 });
    const stage = fc.oneof(
      fc.record({ clusters: names }),
      fc.record({ selector: fc.constantFrom(early, {}, { matchLabels: { ring: 'late' } }) }),
      fc.record({ count: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
      fc.constant({}),
    );
    fc.assert(
      fc.property(fc.array(stage, { maxLength: 5 }), fc.subarray(fleet), (stages, placement) => {
        const strategy = rolloutStrategy.parse({
          stages: stages.map((each, index) => ({ name: `s${index}`, ...each })),
        });
        const clusters = placement.map(({ metadata }): PlacedCluster => placed(metadata.name, `east/${metadata.name}`));
        const labels = new Map(fleet.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
        const used = new Set(stagesOf(strategy, clusters, labels).map(({ name }) => name));
        expect(stageProblems(strategy, fleet).filter((problem) => used.has(problem.stage))).toEqual([]);
      }),
    );
  });
});
