import * as fc from 'fast-check';
import type { PlacedCluster } from '../../accesspoint';
import { parseZoneName } from '../../kernel';
import { type ClusterObservation, planRollout, releaseOrder, type RolloutInput } from './plan-rollout';

function placed(name: string, zone: string, role: PlacedCluster['role'] = 'Workload'): PlacedCluster {
  return { name, zone: parseZoneName(zone), role, holdsBackend: role === 'Workload' };
}

const clusters = [placed('b-apps', 'east/b'), placed('a-gateway', 'east/a', 'Gateway'), placed('a-apps', 'east/a')];
const done: ClusterObservation = { released: 'new', progress: { state: 'Applied' } };

function plan(
  observations: Record<string, ClusterObservation>,
  options: Partial<RolloutInput> = {},
): ReturnType<typeof planRollout> {
  const input = { target: 'new', clusters, leaving: new Map<string, string>(), paused: false, ...options };
  return planRollout({ ...input, observations: new Map(Object.entries(observations)) });
}

describe('planRollout', () => {
  it('begins with the backend of the first zone as the canary', () => {
    expect(releaseOrder(clusters).map(({ name }) => name)).toEqual(['a-apps', 'a-gateway', 'b-apps']);
    expect(plan({})).toMatchObject({ phase: 'Progressing', release: ['a-apps'] });
  });

  it('waits until the zone has applied and acknowledged', () => {
    const waiting = { released: 'new', progress: { state: 'Waiting' as const, message: '1 of 2 proxies' } };
    expect(plan({ 'a-apps': waiting })).toMatchObject({
      phase: 'Progressing',
      release: [],
      message: 'a-apps: 1 of 2 proxies',
    });
    expect(plan({ 'a-apps': done }).release).toEqual(['a-gateway']);
  });

  it('stops at a failure, wherever it is', () => {
    const failed = { released: 'new', progress: { state: 'Failed' as const, message: 'refused' } };
    expect(plan({ 'a-apps': done, 'a-gateway': failed })).toMatchObject({
      phase: 'Failed',
      release: [],
      message: 'a-gateway: refused',
    });
  });

  it('releases nothing while it is paused', () => {
    expect(plan({ 'a-apps': done }, { paused: true })).toMatchObject({ phase: 'Paused', release: [] });
  });

  it('passes over what is held, and says what it waits for at the end', () => {
    const held = { held: 'unreachable' };
    expect(plan({ 'a-apps': held }).release).toEqual(['a-gateway']);
    const end = plan({ 'a-apps': held, 'a-gateway': done, 'b-apps': done });
    expect(end).toMatchObject({
      phase: 'Held',
      release: [],
      message: 'waits for a-apps (unreachable); 2 of 3 clusters done',
    });
  });

  it('does not reopen a gate that was passed when facts move on', () => {
    const rewritten = { released: 'new', progress: { state: 'Waiting' as const }, passed: true };
    expect(plan({ 'a-apps': rewritten }).release).toEqual(['a-gateway']);
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

  it('brings any fleet to completion, one cluster at a time, when zones do their part', () => {
    const fleet = fc.uniqueArray(
      fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 9 }), fc.boolean()),
      {
        minLength: 1,
        maxLength: 12,
        selector: ([zone, number]) => `${zone}${number}`,
      },
    );
    fc.assert(
      fc.property(fleet, (members) => {
        const all = members.map(([zone, number, gateway]) =>
          placed(`${zone}${number}`, `east/${zone}`, gateway ? 'Gateway' : 'Workload'),
        );
        const seen = new Map<string, ClusterObservation>();
        for (let step = 0; step <= all.length; step += 1) {
          const next = planRollout({
            target: 'new',
            clusters: all,
            observations: seen,
            leaving: new Map(),
            paused: false,
          });
          expect(next.release.length).toBe(step < all.length ? 1 : 0);
          for (const name of next.release) {
            expect(seen.has(name)).toBe(false);
            seen.set(name, done);
          }
          if (step === all.length) expect(next.phase).toBe('Complete');
        }
      }),
    );
  });
});
