import * as fc from 'fast-check';
import { formatTime } from '../../kernel';
import { rolloutStrategy } from '../api';
import { clusters, done, namesOf, placed, plan, remember, startMs } from './plan-fixture';
import type { ClusterObservation, RolloutInput } from './rollout-input';
import { releaseOrder } from './stages';

describe('planRollout without a strategy', () => {
  it('begins with the backend of the first zone as the canary', () => {
    expect(releaseOrder(clusters).map(({ name }) => name)).toEqual(['a-apps', 'a-gateway', 'b-apps']);
    expect(plan({})).toMatchObject({ phase: 'Progressing', release: [{ cluster: 'a-apps', revision: 'new' }] });
  });

  it('records when a cluster was released and what it ran before', () => {
    const first = plan({ 'a-apps': { released: 'old' } }).clusters.find(({ cluster }) => cluster === 'a-apps');
    expect(first).toMatchObject({ state: 'Releasing', from: 'old', releasedAt: formatTime(startMs) });
  });

  it('waits until the zone has applied and acknowledged', () => {
    const waiting = { released: 'new', progress: { state: 'Waiting' as const, message: '1 of 2 proxies' } };
    expect(plan({ 'a-apps': waiting })).toMatchObject({
      phase: 'Progressing',
      release: [],
      message: 'a-apps: 1 of 2 proxies',
    });
    expect(namesOf(plan({ 'a-apps': done }))).toEqual(['a-gateway']);
  });

  it('stops at a failure, wherever it is', () => {
    const failed = { released: 'new', progress: { state: 'Failed' as const, message: 'refused' } };
    expect(plan({ 'a-apps': done, 'a-gateway': failed })).toMatchObject({
      phase: 'Failed',
      release: [],
      message: 'a-gateway: refused',
    });
  });

  it('goes on after as many failures as the strategy allows', () => {
    const strategy = rolloutStrategy.parse({ maxFailures: 1 });
    const failed = { released: 'new', progress: { state: 'Failed' as const } };
    expect(namesOf(plan({ 'a-apps': failed }, { strategy }))).toEqual(['a-gateway']);
    expect(plan({ 'a-apps': failed, 'a-gateway': failed }, { strategy }).phase).toBe('Failed');
  });

  it('releases nothing while it is paused', () => {
    expect(plan({ 'a-apps': done }, { paused: true })).toMatchObject({ phase: 'Paused', release: [] });
  });

  it('passes over what is held, and says what it waits for at the end', () => {
    const held = { held: 'unreachable' };
    expect(namesOf(plan({ 'a-apps': held }))).toEqual(['a-gateway']);
    const end = plan({ 'a-apps': held, 'a-gateway': done, 'b-apps': done });
    expect(end).toMatchObject({
      phase: 'Held',
      release: [],
      message: 'waits for a-apps (unreachable); 2 of 3 clusters done',
    });
  });

  it('completes without clusters that people skip', () => {
    expect(
      plan({ 'a-apps': { held: 'dead' }, 'a-gateway': done, 'b-apps': done }, { skippedClusters: ['a-apps'] }).phase,
    ).toBe('Complete');
  });

  it('does not reopen a gate that was passed when facts move on', () => {
    const memory = remember(plan({ 'a-apps': done }));
    const rewritten = { released: 'new', progress: { state: 'Waiting' as const } };
    expect(namesOf(plan({ 'a-apps': rewritten }, { memory }))).toEqual(['a-gateway']);
  });

  it('does not fall back from completion when a cluster fails later', () => {
    const all = { 'a-apps': done, 'a-gateway': done, 'b-apps': done };
    const memory = remember(plan(all));
    const failed = { released: 'new', progress: { state: 'Failed' as const, message: 'disk full' } };
    const strategy = rolloutStrategy.parse({ onFailure: 'Rollback' });
    expect(plan({ ...all, 'b-apps': failed }, { memory, strategy })).toMatchObject({ phase: 'Complete', release: [] });
  });

  it('withdraws from clusters that left only when all others are done, one at a time', () => {
    const leaving = new Map([
      ['z-old', 'east/z'],
      ['y-old', 'east/y'],
    ]);
    expect(plan({ 'a-apps': done }, { leaving }).remove).toEqual([]);
    const all = { 'a-apps': done, 'a-gateway': done, 'b-apps': done };
    expect(plan(all, { leaving })).toMatchObject({ phase: 'Progressing', remove: ['y-old'] });
    expect(plan({ ...all, 'a-apps': { held: 'away' } }, { leaving })).toMatchObject({ phase: 'Held', remove: [] });
  });

  it('counts a cluster that takes longer than the deadline as failed', () => {
    const strategy = rolloutStrategy.parse({ progressDeadline: '10m' });
    const memory = remember(plan({}, { strategy }));
    const waiting = { 'a-apps': { released: 'new', progress: { state: 'Waiting' as const } } };
    const soon = plan(waiting, { strategy, memory, nowMs: startMs + 599_000 });
    expect(soon).toMatchObject({ phase: 'Progressing', againMs: startMs + 600_001 });
    expect(plan(waiting, { strategy, memory, nowMs: startMs + 601_000 })).toMatchObject({
      phase: 'Failed',
      message: 'a-apps: not done within 10m',
    });
  });
});

describe('rollback', () => {
  const strategy = rolloutStrategy.parse({ onFailure: 'Rollback' });

  it('gives back what clusters had, and withdraws where there was nothing', () => {
    const touched = remember(plan({ 'a-apps': { released: 'old' } }));
    const memory = { ...touched, clusters: new Map(touched.clusters) };
    memory.clusters.set('a-gateway', {
      cluster: 'a-gateway',
      zone: 'east/a',
      state: 'Releasing',
      releasedAt: formatTime(startMs),
    });
    const failed = { released: 'new', progress: { state: 'Failed' as const, message: 'refused' } };
    const rolling = plan({ 'a-apps': done, 'a-gateway': failed }, { strategy, memory });
    expect(rolling).toMatchObject({
      phase: 'RollingBack',
      release: [{ cluster: 'a-apps', revision: 'old' }],
      remove: ['a-gateway'],
    });
    const restored = { 'a-apps': { released: 'old', progress: { state: 'Applied' as const } } };
    expect(plan(restored, { strategy, memory: remember(rolling) })).toMatchObject({
      phase: 'RolledBack',
      release: [],
      remove: [],
    });
  });
});

describe('any fleet', () => {
  it('comes to completion when zones do their part, with no more clusters under way than allowed', () => {
    const fleet = fc.uniqueArray(
      fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 9 }), fc.boolean()),
      {
        minLength: 1,
        maxLength: 12,
        selector: ([zone, number]) => `${zone}${number}`,
      },
    );
    const stage = fc.record({ count: fc.integer({ min: 1, max: 4 }), maxConcurrency: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(fleet, fc.array(stage, { maxLength: 3 }), (members, stages) => {
        const all = members.map(([zone, number, gateway]) =>
          placed(`${zone}${number}`, `east/${zone}`, gateway ? 'Gateway' : 'Workload'),
        );
        const strategy = rolloutStrategy.parse({ stages: stages.map((one, index) => ({ name: `s${index}`, ...one })) });
        const seen: Record<string, ClusterObservation> = {};
        let memory: RolloutInput['memory'] = { clusters: new Map(), stages: new Map() };
        for (let turn = 0; turn <= all.length * 2 + 2; turn += 1) {
          const next = plan(seen, { clusters: all, strategy, memory });
          memory = remember(next);
          const limit = Math.max(1, ...stages.map(({ maxConcurrency }) => maxConcurrency));
          for (const name of namesOf(next)) {
            expect(seen[name]).toBeUndefined();
            seen[name] = { released: 'new' };
          }
          const underWay = Object.entries(seen).filter(([, { progress }]) => progress === undefined);
          expect(underWay.length).toBeLessThanOrEqual(limit);
          const [first] = underWay;
          if (first) seen[first[0]] = done;
        }
        expect(memory.phase).toBe('Complete');
        expect(Object.keys(seen)).toHaveLength(all.length);
      }),
    );
  });
});
