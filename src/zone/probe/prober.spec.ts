import fc from 'fast-check';
import { ManualClock } from '../../kernel';
import { defaultThresholds, type HealthState, observeProbe, type ProbeOutcome, unprobed } from './health-state';
import { Prober } from './prober';
import type { ProbeTarget } from './probe-target';

const failed: ProbeOutcome = { ok: false, message: 'refused' };

function after(...outcomes: boolean[]): HealthState {
  return outcomes.reduce<HealthState>(
    (state, ok) => observeProbe(state, ok ? { ok: true } : failed, defaultThresholds),
    unprobed,
  );
}

describe('observeProbe', () => {
  it('believes the first outcome, then needs three failures or two successes in a row', () => {
    expect(after(true).healthy).toBe(true);
    expect(after(false)).toEqual({ healthy: false, against: 0, message: 'refused' });
    expect(after(true, false, false).healthy).toBe(true);
    expect(after(true, false, false, false).healthy).toBe(false);
    expect(after(false, true).healthy).toBe(false);
    expect(after(false, true, true)).toEqual({ healthy: true, against: 0 });
    expect(after(true, false, false, true, false, false).healthy).toBe(true);
  });

  it('changes only after as many outcomes of the other kind in a row as its threshold (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 2 }), (outcomes) => {
        for (let length = 2; length <= outcomes.length; length += 1) {
          const before = after(...outcomes.slice(0, length - 1)).healthy;
          const now = after(...outcomes.slice(0, length)).healthy;
          if (before === now) continue;
          const needed = now ? defaultThresholds.healthyAfter : defaultThresholds.unhealthyAfter;
          expect(outcomes.slice(length - needed, length)).toEqual(Array(needed).fill(now));
        }
      }),
    );
  });
});

describe('Prober', () => {
  const target = (address: string): ProbeTarget => ({ address, port: 80 });

  it('probes each target every interval, at most so many at once, and tells of changes only', async () => {
    const clock = new ManualClock();
    const asked: string[] = [];
    let underWay = 0;
    let most = 0;
    let changes = 0;
    const prober = new Prober({
      ...{ clock, concurrency: 2, intervalMs: 1000, onChange: () => (changes += 1) },
      probe: async ({ address }) => {
        asked.push(address);
        most = Math.max(most, (underWay += 1));
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return address === 'c' ? failed : { ok: true };
      },
    });
    prober.setTargets(['a', 'b', 'c'].map(target));
    await clock.advance(10);
    expect(asked.sort()).toEqual(['a', 'b', 'c']);
    expect(most).toBe(2);
    expect(changes).toBe(3);
    expect(prober.stateOf(target('a')).healthy).toBe(true);
    expect(prober.stateOf(target('c'))).toMatchObject({ healthy: false, message: 'refused' });
    await clock.advance(1000);
    expect(asked).toHaveLength(6);
    expect(changes).toBe(3);
    prober.close();
    await clock.advance(5000);
    expect(asked).toHaveLength(6);
    expect(clock.pending).toBe(0);
  });

  it('keeps the state of known targets when others come, and drops the outcome of one that went meanwhile', async () => {
    const clock = new ManualClock();
    let finish: (outcome: ProbeOutcome) => void = () => undefined;
    const prober = new Prober({
      ...{ clock, onChange: () => undefined },
      probe: ({ address }) =>
        address === 'slow' ? new Promise((resolve) => (finish = resolve)) : Promise.resolve({ ok: true }),
    });
    prober.setTargets([target('a'), target('slow')]);
    await clock.advance(1);
    prober.setTargets([target('a'), target('b')]);
    finish({ ok: true });
    await clock.advance(1);
    expect(prober.stateOf(target('a')).healthy).toBe(true);
    expect(prober.stateOf(target('slow')).healthy).toBeUndefined();
    prober.close();
    expect(clock.pending).toBe(0);
  });

  it('needs one timer for a thousand targets, spreads them, and keeps each rhythm', async () => {
    const clock = new ManualClock();
    let turn = 0;
    const asked = new Map<string, number>();
    const prober = new Prober({
      ...{ clock, onChange: () => undefined, random: () => ((turn += 1) % 100) / 100 },
      probe: ({ address }) => {
        asked.set(address, (asked.get(address) ?? 0) + 1);
        return Promise.resolve({ ok: true });
      },
    });
    const schedule = (intervalMs: number) => ({
      ...{ intervalMs, timeoutMs: 100, thresholds: { healthyAfter: 1, unhealthyAfter: 1 } },
    });
    const targets = Array.from({ length: 1000 }, (_unused, index) => ({
      ...{ address: `t${index}`, port: 80, schedule: schedule(index % 2 === 0 ? 1000 : 5000) },
    }));
    prober.setTargets(targets);
    expect(clock.pending).toBe(1);
    await clock.advance(500);
    expect(asked.size).toBeGreaterThan(300);
    expect(asked.size).toBeLessThan(700);
    await clock.advance(9500);
    expect(clock.pending).toBe(1);
    expect(asked.get('t0')).toBeGreaterThanOrEqual(9);
    expect(asked.get('t0')).toBeLessThanOrEqual(11);
    expect(asked.get('t1')).toBeLessThanOrEqual(3);
    prober.close();
    expect(clock.pending).toBe(0);
  });

  it.each([
    [1, 3000],
    [3, 2250 + 2 * 375],
  ])(
    'believes a death within one interval, confirmed by %i probes, and tells since when',
    async (unhealthyAfter, ms) => {
      const clock = new ManualClock();
      let ok = true;
      const prober = new Prober({
        ...{ clock, intervalMs: 3000, onChange: () => undefined, thresholds: { healthyAfter: 2, unhealthyAfter } },
        probe: () => Promise.resolve(ok ? { ok } : failed),
      });
      prober.setTargets([target('a')]);
      await clock.advance(1);
      ok = false;
      const diedMs = clock.nowMs() - 1;
      await clock.advance(2999);
      expect(prober.stateOf(target('a'))).toMatchObject({ healthy: false, sinceMs: diedMs + ms });
      ok = true;
      await clock.advance(3000);
      expect(prober.stateOf(target('a'))).toMatchObject({ healthy: true });
      prober.close();
    },
  );

  it('believes a change within one interval, whenever it comes, with any thresholds and jitter (property)', async () => {
    const threshold = fc.integer({ min: 1, max: 10 });
    const jitter = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(threshold, threshold, jitter, fc.nat({ max: 30_000 }), async (down, up, random, changesMs) => {
        const clock = new ManualClock();
        let ok = true;
        const prober = new Prober({
          ...{ clock, intervalMs: 5000, random: () => random.next().value as number, onChange: () => undefined },
          ...{ thresholds: { healthyAfter: up, unhealthyAfter: down } },
          probe: () => Promise.resolve(ok ? { ok } : failed),
        });
        prober.setTargets([target('a')]);
        await clock.advance(1000 + changesMs);
        for (const now of [false, true]) {
          ok = now;
          // The clock stands still between a probe and its outcome: the interval alone has to be enough.
          await clock.advance(5001);
          expect(prober.stateOf(target('a')).healthy).toBe(now);
        }
        prober.close();
      }),
      { numRuns: 50 },
    );
  });

  it('counts from the beginning of a probe: a target that swallows them is out after a timeout for each', async () => {
    const clock = new ManualClock();
    let ok = true;
    const prober = new Prober({
      ...{ clock, intervalMs: 5000, timeoutMs: 2000, onChange: () => undefined },
      probe: (_target, timeoutMs) =>
        ok ? Promise.resolve({ ok }) : new Promise((resolve) => clock.after(timeoutMs, () => resolve(failed))),
    });
    prober.setTargets([target('a')]);
    await clock.advance(1);
    ok = false;
    await clock.advance(3750 + 3 * 2000);
    expect(prober.stateOf(target('a')).healthy).toBe(false);
    prober.close();
  });
});
