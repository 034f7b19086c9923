import * as fc from 'fast-check';
import { parseZoneName, type ZoneName } from '../../kernel';
import { evenShares, localityShares, zonesByDistance } from './locality-shares';

const zone = fc
  .tuple(fc.constantFrom('east', 'west', 'north'), fc.integer({ min: 1, max: 9 }))
  .map(([region, number]) => parseZoneName(`${region}/${region}-${number}`));
const intent = fc.record({
  localPercent: fc.integer({ min: 1, max: 100 }),
  remote: fc.constantFrom('Nearest' as const, 'All' as const),
  failoverOrder: fc.uniqueArray(zone, { maxLength: 4 }),
});
const names = (...raw: string[]): ZoneName[] => raw.map(parseZoneName);

describe('localityShares', () => {
  const [e1, e2, w1] = names('east/east-1', 'east/east-2', 'west/west-1') as [ZoneName, ZoneName, ZoneName];
  const nearest = { localPercent: 99, remote: 'Nearest' as const, failoverOrder: [] };

  it('gives the nearest remote zone the rest and keeps the others for failover', () => {
    const shares = localityShares(e1, [e1, e2, w1], nearest);
    expect([...shares.to]).toEqual([
      [e1, 99],
      [e2, 1],
    ]);
    expect(shares.failover).toEqual([w1]);
  });

  it('splits among all remote zones by largest remainder, nearest first', () => {
    const shares = localityShares(e1, [w1, e1, e2], { ...nearest, localPercent: 95, remote: 'All' });
    expect([...shares.to]).toEqual([
      [e1, 95],
      [e2, 3],
      [w1, 2],
    ]);
  });

  it('leaves out shares that round to nothing and makes those zones failover targets', () => {
    const shares = localityShares(e1, [e1, e2, w1], { ...nearest, remote: 'All' });
    expect([...shares.to.values()]).toEqual([99, 1]);
    expect(shares.failover).toEqual([w1]);
  });

  it('stays local when nothing else has an address', () => {
    expect([...localityShares(e1, [e1], nearest).to]).toEqual([[e1, 100]]);
    expect([...localityShares(e1, [], nearest).to]).toEqual([[e1, 100]]);
  });

  it('goes to the nearest zone when the source zone has no members', () => {
    expect([...localityShares(e1, [e2, w1], nearest).to]).toEqual([[e2, 100]]);
  });

  it('sums to 100 in integers of 1 to 100, forgets no zone, and does not depend on order', () => {
    fc.assert(
      fc.property(zone, fc.uniqueArray(zone, { maxLength: 23 }), intent, (from, members, wish) => {
        const shares = localityShares(from, members, wish);
        const values = [...shares.to.values()];
        expect(values.reduce((sum, value) => sum + value, 0)).toBe(100);
        expect(values.every((value) => Number.isInteger(value) && value >= 1 && value <= 100)).toBe(true);
        const mentioned = new Set([...shares.to.keys(), ...shares.failover]);
        for (const member of members) expect(mentioned).toContain(member);
        expect(shares.failover.filter((other) => shares.to.has(other))).toEqual([]);
        expect(localityShares(from, [...members].reverse(), wish)).toEqual(shares);
      }),
    );
  });
});

describe('zonesByDistance', () => {
  it('orders by region, then failoverOrder, then name', () => {
    const zones = names('west/a', 'east/c', 'west/b', 'east/b', 'east/a');
    expect(zonesByDistance(parseZoneName('east/a'), zones, ['west/b'])).toEqual([
      'east/b',
      'east/c',
      'west/b',
      'west/a',
    ]);
  });
});

describe('evenShares', () => {
  it('is exact, and parts differ by one at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 40 }), (total, count) => {
        const parts = evenShares(total, count);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total);
        expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
        expect([...parts].sort((a, b) => b - a)).toEqual(parts);
      }),
    );
  });
});
