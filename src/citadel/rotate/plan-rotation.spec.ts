import fc from 'fast-check';
import { planRotation, type RotationInput, type RotationPlan, type ZoneTrust } from './plan-rotation';

const HOUR_MS = 3_600_000;
const maxLeafLifetimeMs = 24 * HOUR_MS;

function zone(name: string, trusts: string[], issuerRoot: string | undefined = 'old', issuerSinceMs = 0): ZoneTrust {
  return { zone: name, trustedRoots: trusts, trustedSinceMs: 0, issuerRoot, issuerSinceMs };
}

function plan(zones: ZoneTrust[], options: Partial<RotationInput> = {}): RotationPlan {
  return planRotation({ current: 'old', next: 'new', zones, maxLeafLifetimeMs, nowMs: 0, ...options });
}

describe('planRotation', () => {
  it('does nothing without a next root', () => {
    const settled = { step: 'Settled', trustedRoots: ['old'], issuerRoot: 'old', waitingFor: [] };
    expect(plan([zone('a', ['old'])], { next: undefined })).toEqual(settled);
    expect(plan([zone('a', ['old'])], { next: 'old' })).toEqual(settled);
  });

  it('goes on only when every zone has proven the step before', () => {
    expect(plan([zone('a', ['old', 'new']), zone('b', ['old'])], { nowMs: 24 * HOUR_MS })).toEqual({
      ...{ step: 'TrustNew', trustedRoots: ['old', 'new'], issuerRoot: 'old' },
      waitingFor: [{ zone: 'b', why: 'it does not trust the new root yet' }],
    });
    const trusting = ['old', 'new'];
    const trusted = [zone('a', trusting), zone('b', trusting)];
    expect(plan(trusted, { nowMs: HOUR_MS })).toMatchObject({
      ...{ step: 'TrustNew', issuerRoot: 'old', nextCheckMs: 24 * HOUR_MS },
      waitingFor: [{ why: 'its workloads learn of the new root with their next certificates' }, {}],
    });
    expect(plan(trusted, { nowMs: 24 * HOUR_MS })).toMatchObject({ step: 'SwitchIssuer', issuerRoot: 'new' });
    const switched = [zone('a', trusting, 'new', HOUR_MS), zone('b', trusting, 'new', 2 * HOUR_MS)];
    expect(plan(switched, { nowMs: 3 * HOUR_MS })).toMatchObject({
      ...{ step: 'SwitchIssuer', trustedRoots: ['old', 'new'], nextCheckMs: 25 * HOUR_MS },
      waitingFor: [{ zone: 'a', why: 'certificates of the old root are still in use' }, { zone: 'b' }],
    });
    expect(plan(switched, { nowMs: 26 * HOUR_MS })).toMatchObject({ step: 'DropOld', trustedRoots: ['new'] });
    const done = [zone('a', ['new'], 'new', HOUR_MS), zone('b', ['new'], 'new', 2 * HOUR_MS)];
    expect(plan(done, { nowMs: 26 * HOUR_MS })).toMatchObject({ step: 'DropOld', waitingFor: [] });
  });

  it('is held up by a zone that cannot be reached, and names it', () => {
    const { waitingFor } = plan([zone('a', ['old', 'new']), zone('lost', ['old'])], { nowMs: 24 * HOUR_MS });
    expect(waitingFor.map((wait) => wait.zone)).toEqual(['lost']);
  });

  it('does not turn back for a zone that joins after the switch', () => {
    const joined = [zone('a', ['old', 'new'], 'new'), zone('young', [], undefined)];
    expect(plan(joined)).toMatchObject({ step: 'SwitchIssuer', trustedRoots: ['old', 'new'], issuerRoot: 'new' });
  });

  it('never lets a living leaf meet a zone that does not know its root, whatever the zones do when (property)', () => {
    const act = fc.constantFrom('trust', 'issue', 'wait', 'wait', 'wait');
    const moves = fc.array(fc.record({ zone: fc.nat(2), act }), {
      minLength: 60,
      maxLength: 240,
    });
    fc.assert(
      fc.property(moves, (script) => {
        const world = new World();
        for (const move of script) world.move(move);
        expect(world.violations).toEqual([]);
      }),
    );
  });

  it('comes to its end when every zone plays along', () => {
    const world = new World();
    for (let round = 0; round < 90; round += 1) {
      for (const index of [0, 1, 2]) world.move({ zone: index, act: 'trust' });
      for (const index of [0, 1, 2]) world.move({ zone: index, act: 'issue' });
      world.move({ zone: 0, act: 'wait' });
    }
    expect(world.violations).toEqual([]);
    expect(world.zones.every(({ trustedRoots }) => trustedRoots.join() === 'new')).toBe(true);
  });
});

interface Leaf {
  readonly root: string;
  /** What its workload trusts: the zone's roots when it was issued. */
  readonly trusts: readonly string[];
  readonly endsMs: number;
}

/** Three zones that follow the plan when they please, and issue leaves all the time. */
class World {
  readonly violations: string[] = [];
  readonly zones: ZoneTrust[] = ['a', 'b', 'c'].map((name) => zone(name, ['old']));
  private leaves: Leaf[] = [];
  private nowMs = 0;

  move({ zone: index, act }: { zone: number; act: string }): void {
    const { trustedRoots, issuerRoot } = plan(this.zones, { nowMs: this.nowMs });
    const before = this.zones[index]!;
    const trustsNews = trustedRoots.join() !== before.trustedRoots.join();
    if (act === 'trust' && trustsNews) this.zones[index] = { ...before, trustedRoots, trustedSinceMs: this.nowMs };
    if (act === 'issue' && issuerRoot !== before.issuerRoot) {
      this.zones[index] = { ...before, issuerRoot, issuerSinceMs: this.nowMs };
    }
    if (act === 'wait') this.nowMs += HOUR_MS;
    const endsMs = this.nowMs + maxLeafLifetimeMs;
    for (const { issuerRoot: root = '', trustedRoots: trusts } of this.zones)
      this.leaves.push({ root, trusts, endsMs });
    this.leaves = this.leaves.filter((leaf) => leaf.endsMs > this.nowMs);
    this.check();
  }

  /** Everybody who lives may meet everybody. */
  private check(): void {
    const living = new Set(this.leaves.map(({ root }) => root));
    for (const { root, trusts } of this.leaves) {
      for (const other of living)
        if (!trusts.includes(other)) this.violations.push(`one of ${root} does not know ${other}`);
    }
  }
}
