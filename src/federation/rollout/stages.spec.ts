import { type RolloutApproval, type RolloutApprovalSpec, rolloutStrategy } from '../api';
import { clusters, done, namesOf, plan, quiet, remember, startMs } from './plan-fixture';
import { stagesOf } from './stages';

describe('stages', () => {
  const labels = new Map([['b-apps', { ring: 'early' }]]);

  it('take from what is left, and what no stage takes comes last', () => {
    const strategy = rolloutStrategy.parse({
      stages: [
        { name: 'early', selector: { matchLabels: { ring: 'early' } } },
        { name: 'half', percent: 34 },
        { name: 'nobody', clusters: ['x'] },
      ],
    });
    const stages = stagesOf(strategy, clusters, labels).map(({ name, clusters: own }) => [
      name,
      own.map((cluster) => cluster.name),
    ]);
    expect(stages).toEqual([
      ['early', ['b-apps']],
      ['half', ['a-apps', 'a-gateway']],
    ]);
  });

  it('release so many clusters at once as they allow', () => {
    const strategy = rolloutStrategy.parse({ stages: [{ name: 'all', maxConcurrency: 2 }] });
    expect(namesOf(plan({}, { strategy }))).toEqual(['a-apps', 'a-gateway']);
    expect(namesOf(plan({ 'a-apps': done, 'a-gateway': { released: 'new' } }, { strategy }))).toEqual(['b-apps']);
  });

  const gated = rolloutStrategy.parse({
    stages: [{ name: 'canary', count: 1, after: [{ approval: {} }, { soak: { duration: '1h' } }] }],
  });
  const word = (spec: Partial<RolloutApprovalSpec>): RolloutApproval => ({
    apiVersion: 'v',
    kind: 'RolloutApproval',
    metadata: { name: 'a' },
    spec: {
      rollout: 'checkout-r2',
      stage: 'canary',
      gate: 'after',
      revision: 'new',
      decision: 'Approve',
      approver: 'ann',
      ...spec,
    },
  });

  it('wait at their gate for approval and soaking, and then go on', () => {
    const reached = plan({ 'a-apps': done }, { strategy: gated });
    expect(reached).toMatchObject({ phase: 'Waiting', release: [], againMs: startMs + 3_600_000 });
    expect(reached.message).toBe('stage canary: waits for approval; soaks until 2026-01-01T01:00:00Z');
    const memory = remember(reached);
    const later = { strategy: gated, memory, nowMs: startMs + 3_600_000 };
    expect(plan({ 'a-apps': done }, later).message).toBe('stage canary: waits for approval');
    expect(namesOf(plan({ 'a-apps': done }, { ...later, approvals: [word({})] }))).toEqual(['a-gateway']);
  });

  it.each([
    ['another rollout', { rollout: 'checkout-r1' }],
    ['another revision', { revision: 'other' }],
    ['another gate', { gate: 'before' as const }],
    ['an approval that expired', { expiresAt: '2026-01-01T00:59:00Z' }],
  ])('are not opened by %s', (_title, spec) => {
    const memory = remember(plan({ 'a-apps': done }, { strategy: gated }));
    const options = { strategy: gated, memory, nowMs: startMs + 3_600_000, approvals: [word(spec)] };
    expect(plan({ 'a-apps': done }, options)).toMatchObject({ phase: 'Waiting', release: [] });
  });

  it('are not opened by the author where somebody else is asked for', () => {
    const strategy = rolloutStrategy.parse({
      stages: [{ name: 'canary', count: 1, after: [{ approval: {} }] }],
      separateApprover: true,
    });
    const options = { strategy, approvals: [word({})] };
    expect(plan({ 'a-apps': done }, { ...options, author: 'ann' }).message).toMatch(/its author cannot approve it/);
    expect(plan({ 'a-apps': done }, options).message).toMatch(/the author of the change is not known/);
    expect(namesOf(plan({ 'a-apps': done }, { ...options, author: 'bob' }))).toEqual(['a-gateway']);
  });

  it('stop for good when a person rejects', () => {
    const rejected = plan(
      { 'a-apps': done },
      { strategy: gated, approvals: [word({ decision: 'Reject', reason: 'errors' })] },
    );
    expect(rejected).toMatchObject({
      phase: 'Aborted',
      release: [],
      message: 'stage canary: ann rejected it: errors; soaks until 2026-01-01T01:00:00Z',
    });
  });

  it('hold as long as a check fails, and for its window after it passes', () => {
    const check = { metric: 'unhealthyMembersPercent', max: 5, window: '10m' };
    const strategy = rolloutStrategy.parse({ stages: [{ name: 'canary', count: 1, after: [{ check }] }] });
    const bad = plan({ 'a-apps': done }, { strategy, measurements: { ...quiet, unhealthyMembersPercent: 50 } });
    expect(bad.message).toBe('stage canary: unhealthyMembersPercent is 50, at most 5 is allowed');
    expect(
      plan({ 'a-apps': done }, { strategy, measurements: { ...quiet, unhealthyMembersPercent: undefined } }).phase,
    ).toBe('Waiting');
    const good = plan({ 'a-apps': done }, { strategy, memory: remember(bad), nowMs: startMs + 60_000 });
    expect(good.message).toMatch(/must stay within 5 until 2026-01-01T00:11:00Z/);
    const flapped = plan(
      { 'a-apps': done },
      {
        strategy,
        memory: remember(good),
        nowMs: startMs + 120_000,
        measurements: { ...quiet, unhealthyMembersPercent: 6 },
      },
    );
    const again = plan({ 'a-apps': done }, { strategy, memory: remember(flapped), nowMs: startMs + 180_000 });
    expect(again.message).toMatch(/until 2026-01-01T00:13:00Z/);
    expect(namesOf(plan({ 'a-apps': done }, { strategy, memory: remember(again), nowMs: startMs + 780_000 }))).toEqual([
      'a-gateway',
    ]);
  });

  it('are passed without waiting when promoted fully', () => {
    expect(namesOf(plan({ 'a-apps': done }, { strategy: gated, promoteFully: true }))).toEqual(['a-gateway']);
  });

  it('end with baking', () => {
    const strategy = rolloutStrategy.parse({ bakeTime: '30m' });
    const all = { 'a-apps': done, 'a-gateway': done, 'b-apps': done };
    const baking = plan(all, { strategy });
    expect(baking).toMatchObject({ phase: 'Waiting', againMs: startMs + 1_800_000 });
    expect(plan(all, { strategy, memory: remember(baking), nowMs: startMs + 1_800_000 }).phase).toBe('Complete');
  });
});
