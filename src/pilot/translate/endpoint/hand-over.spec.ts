import fc from 'fast-check';
import { ALL_REQUESTS, handOver, type ZoneReadiness } from './hand-over';

function zone(key: string, share: number, ready: number, total: number, spare = Infinity): ZoneReadiness {
  return { key, share, ready, total, spare };
}

/** Zone → per cent. */
function shares(...zones: readonly ZoneReadiness[]): Record<string, number> | undefined {
  const parts = handOver(zones);
  return parts && Object.fromEntries([...parts].map(([key, part]) => [key, part / (ALL_REQUESTS / 100)]));
}

describe('handOver', () => {
  it('moves nothing while all is well, also with some of many endpoints gone', () => {
    expect(shares(zone('own', 99, 4, 4), zone('near', 1, 1, 1))).toBeUndefined();
    expect(shares(zone('own', 99, 9, 10), zone('near', 1, 1, 1))).toBeUndefined();
    expect(shares(zone('own', 99, 5, 7), zone('near', 1, 1, 1))).toBeUndefined();
    expect(shares(zone('own', 99, 2, 3), zone('near', 1, 1, 1))).toEqual({ own: 92.4, near: 7.6 });
  });

  it('hands over in proportion', () => {
    expect(shares(zone('own', 99, 2, 4), zone('near', 1, 1, 1))).toEqual({ own: 69.3, near: 30.7 });
    expect(shares(zone('own', 99, 1, 4), zone('near', 1, 1, 1))).toEqual({ own: 34.65, near: 65.35 });
    expect(shares(zone('own', 60, 1, 2), zone('near', 30, 1, 1), zone('far', 10, 1, 1))).toEqual({
      ...{ own: 42, near: 43.5, far: 14.5 },
    });
  });

  it('keeps within what others declare, and goes on along the order', () => {
    const own = zone('own', 99, 2, 4);
    expect(shares(own, zone('near', 1, 1, 1, 0.1), zone('far', 0, 1, 1, 0.05))).toEqual({
      own: 84,
      near: 11,
      far: 5,
    });
    expect(shares(own, zone('near', 1, 1, 1, 0), zone('far', 0, 1, 1))).toEqual({ own: 69.3, near: 1, far: 29.7 });
    expect(shares(own, zone('near', 1, 1, 1, 0))).toEqual({ own: 99, near: 1 });
  });

  it('gives what dead zones leave to those with a share, within what they declare, then beyond', () => {
    expect(shares(zone('own', 99, 0, 4), zone('near', 1, 1, 1), zone('far', 0, 1, 1))).toBeUndefined();
    expect(shares(zone('own', 99, 0, 4), zone('near', 1, 1, 1, 0.5), zone('far', 0, 1, 1))).toEqual({
      near: 51,
      far: 49,
    });
    expect(shares(zone('own', 99, 0, 4), zone('near', 1, 1, 1, 0.5), zone('far', 0, 1, 1, 0.1))).toEqual({
      ...{ near: 90, far: 10 },
    });
    expect(shares(zone('own', 99, 4, 4), zone('near', 1, 0, 1))).toBeUndefined();
    expect(shares(zone('own', 99, 4, 4, 0), zone('near', 1, 0, 1), zone('far', 0, 1, 1))).toEqual({ own: 99, far: 1 });
  });

  it('leaves it to the order when no zone with a share is ready', () => {
    expect(shares(zone('own', 99, 0, 4), zone('near', 1, 0, 1), zone('far', 0, 1, 1))).toBeUndefined();
    expect(shares(zone('own', 99, 0, 4), zone('near', 1, 0, 1), zone('far', 0, 0, 1))).toBeUndefined();
  });

  it('shares by what is ready when no zone is whole', () => {
    expect(shares(zone('own', 50, 1, 4), zone('near', 50, 1, 2))).toEqual({ own: 33.3333, near: 66.6667 });
  });

  const anyZone = fc
    .tuple(fc.nat(20), fc.nat(20), fc.oneof(fc.constant(Infinity), fc.double({ min: 0, max: 2, noNaN: true })))
    .map(([ready, missing, spare]) => ({ ready, total: Math.max(1, ready + missing), spare }));
  const anyZones = fc
    .tuple(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), anyZone), { minLength: 1, maxLength: 5 }),
      fc.array(anyZone, { maxLength: 3 }),
    )
    .map(([steady, standby]) => [
      ...steady.map(([share, rest], index): ZoneReadiness => ({ key: `steady-${index}`, share, ...rest })),
      ...standby.map((rest, index): ZoneReadiness => ({ key: `standby-${index}`, share: 0, ...rest })),
    ]);
  /** Where nothing is handed over, load balancers leave out zones without endpoints, and the others share. */
  const partOf = (zones: readonly ZoneReadiness[], key: string): number => {
    const parts = handOver(zones);
    if (parts) return parts.get(key) ?? 0;
    const living = zones.filter(({ share, ready }) => share > 0 && ready > 0);
    const sum = living.reduce((total, { share }) => total + share, 0);
    return ((living.find((one) => one.key === key)?.share ?? 0) * ALL_REQUESTS) / (sum || 1);
  };

  it('sums exactly, and never gives to the dead nor empties a zone that lives (property)', () => {
    fc.assert(
      fc.property(anyZones, (zones) => {
        const parts = handOver(zones);
        if (parts === undefined) return;
        expect([...parts.values()].reduce((sum, part) => sum + part, 0)).toBe(ALL_REQUESTS);
        for (const [key, part] of parts) {
          expect(Number.isInteger(part)).toBe(true);
          expect(zones.find((one) => one.key === key)!.ready).toBeGreaterThan(0);
        }
        for (const { key, share, ready } of zones)
          if (share > 0 && ready > 0) expect(parts.get(key)).toBeGreaterThan(0);
      }),
    );
  });

  it('gives a zone no less when more of its endpoints are ready (property)', () => {
    fc.assert(
      fc.property(anyZones, fc.nat(4), (zones, place) => {
        const chosen = zones[place % zones.length]!;
        if (chosen.share === 0 || chosen.ready >= chosen.total) return;
        const better = zones.map((one) => (one === chosen ? { ...one, ready: one.ready + 1 } : one));
        // Two roundings of one part each may fall differently.
        expect(partOf(better, chosen.key)).toBeGreaterThanOrEqual(partOf(zones, chosen.key) - 2);
      }),
    );
  });

  it('gives no whole zone more than it declares while whoever hands over still serves (property)', () => {
    fc.assert(
      fc.property(anyZones, (zones) => {
        const giver = zones.some(({ share, ready, total }) => share > 0 && ready > 0 && ready * 1.4 < total);
        const parts = giver ? handOver(zones) : undefined;
        if (parts === undefined) return;
        const sum = zones.reduce((total, { share }) => total + share, 0);
        for (const { key, share, ready, total, spare } of zones) {
          if (ready * 1.4 < total) continue;
          expect(parts.get(key) ?? 0).toBeLessThanOrEqual((share * ALL_REQUESTS) / sum + spare * ALL_REQUESTS + 1);
        }
      }),
    );
  });
});
