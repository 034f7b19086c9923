import fc from 'fast-check';
import { annotations } from '../../federation/api';
import type { KubeObject } from '../../kube/schema';
import type { RemoteMember } from '../facts/bundle-members';
import { decideEntryHealth, type EntryHealthInput } from './decide-entry-health';
import { drainsOf } from './drains-of';

const nowMs = Date.UTC(2026, 5, 1);
const HOUR_MS = 3_600_000;

function member(zone: string): RemoteMember {
  return { entry: `shop/checkout-${zone}`, zone: `east/${zone}`, address: `10.0.0.${zone.at(-1)}`, port: 80 };
}

function decide(options: Partial<EntryHealthInput> & { dead?: string[]; drained?: string[] }) {
  const { dead = [], drained = [], ...rest } = options;
  const decision = decideEntryHealth({
    ...{ zone: 'east/east-1', readyEndpoints: 2, members: [member('east-2'), member('east-3')], nowMs },
    drains: new Map(drained.map((zone) => [`east/${zone}`, nowMs + HOUR_MS])),
    healthOf: ({ zone }) => ({ healthy: !dead.includes(zone.slice('east/'.length)) }),
    ...rest,
  });
  return { ...decision, states: decision.entries.map(({ healthy, reason }) => `${healthy ? 'in' : 'out'} ${reason}`) };
}

describe('decideEntryHealth', () => {
  it('takes out drained and dead members, and says why', () => {
    const { states, entries, nextChangeMs } = decide({ drained: ['east-2'], dead: ['east-3'] });
    expect(states).toEqual(['out Drained', 'out ProbeFailed']);
    expect(entries[0]!.message).toBe('zone east/east-2 is drained until 2026-06-01T01:00:00Z');
    expect(nextChangeMs).toBe(nowMs + HOUR_MS);
  });

  it('undoes a drain when its time is over, without anybody', () => {
    const drains = new Map([['east/east-2', nowMs + HOUR_MS]]);
    expect(decide({ drains, nowMs: nowMs + HOUR_MS - 1 }).states[0]).toBe('out Drained');
    const after = decide({ drains, nowMs: nowMs + HOUR_MS });
    expect(after.states[0]).toBe('in Serving');
    expect(after.nextChangeMs).toBeUndefined();
  });

  it('takes nobody out before the first probe', () => {
    expect(decide({ healthOf: () => undefined }).states).toEqual(['in Serving', 'in Serving']);
  });

  it('brings drained members back when nobody else is left', () => {
    expect(decide({ readyEndpoints: 0, drained: ['east-2'], dead: ['east-3'] }).states).toEqual([
      'in LastResort',
      'out ProbeFailed',
    ]);
    expect(decide({ drained: ['east-1', 'east-2', 'east-3'] }).states).toEqual(['in LastResort', 'in LastResort']);
  });

  it('does not believe probes that find everybody dead', () => {
    expect(decide({ readyEndpoints: 0, dead: ['east-2', 'east-3'] }).states).toEqual([
      'in LastResort',
      'in LastResort',
    ]);
  });

  it('never empties a pool that has members (property)', () => {
    const zones = fc.uniqueArray(fc.constantFrom('east-1', 'east-2', 'east-3', 'east-4'));
    fc.assert(
      fc.property(zones, zones, fc.constantFrom(0, 1, undefined), (drained, dead, readyEndpoints) => {
        const members = ['east-2', 'east-3', 'east-4'].map(member);
        const { entries } = decide({ drained, dead, readyEndpoints, members });
        const someRemote = entries.some(({ healthy }) => healthy);
        expect(someRemote || (readyEndpoints ?? 0) > 0).toBe(true);
      }),
    );
  });
});

describe('drainsOf', () => {
  const rule = (value: string): KubeObject => ({
    ...{ apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule' },
    metadata: { name: 'checkout', namespace: 'shop', annotations: { [annotations.drains]: value } },
  });

  it('reads zones and ends, the latest of several', () => {
    const early = rule('{"east/east-2":"2026-06-01T01:00:00Z"}');
    const late = rule('{"east/east-2":"2026-06-01T02:00:00Z","east/east-3":"2026-06-01T01:00:00Z"}');
    expect([...drainsOf([early, late])]).toEqual([
      ['east/east-2', nowMs + 2 * HOUR_MS],
      ['east/east-3', nowMs + HOUR_MS],
    ]);
  });

  it('drains nothing for what cannot be read', () => {
    const broken = ['{', '[]', '1', '{"east/east-2":5}', '{"east/east-2":"soon"}'].map(rule);
    expect(drainsOf(broken).size).toBe(0);
  });
});
