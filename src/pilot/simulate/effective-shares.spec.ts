import fc from 'fast-check';
import { type EffectiveShares, envoyShares, grpcShares, type LoadedLocality } from './effective-shares';

/** The set-up that was measured on a real Envoy 1.40: three local hosts, the nearest zone's VIP, a far VIP one priority lower. */
function measured(local: number, nearest: number, far: number): readonly LoadedLocality[] {
  return [
    { zone: 'local', priority: 0, weight: 99, endpoints: 3, healthy: local },
    { zone: 'nearest', priority: 0, weight: 1, endpoints: 1, healthy: nearest },
    { zone: 'far', priority: 1, weight: 1, endpoints: 1, healthy: far },
  ];
}

function percent({ shares }: EffectiveShares): number[] {
  return ['local', 'nearest', 'far'].map((zone) => Math.round((shares.get(zone) ?? 0) * 1000) / 10);
}

describe('envoyShares agrees with what a real Envoy did', () => {
  it.each([
    ['all up', [3, 1, 1], [99, 1, 0]],
    ['1 of 3 local down', [2, 1, 1], [98.9, 1.1, 0]],
    ['2 of 3 local down', [1, 1, 1], [68.5, 1.5, 30]],
    ['local zone down', [0, 1, 1], [0, 35, 65]],
    ['nearest down too', [0, 0, 1], [0, 0, 100]],
    ['only nearest down', [3, 0, 1], [100, 0, 0]],
  ] as const)('%s, default overprovisioning', (_state, [local, nearest, far], expected) => {
    expect(percent(envoyShares(measured(local, nearest, far)))).toEqual(expected);
  });

  it.each([
    ['2 of 3 local down', [1, 1, 1], [99, 1, 0]],
    ['local zone down', [0, 1, 1], [0, 100, 0]],
    ['nearest down too', [0, 0, 1], [0, 0, 100]],
  ] as const)(
    '%s, with our factor that spills only from an empty priority',
    (_state, [local, nearest, far], expected) => {
      expect(percent(envoyShares(measured(local, nearest, far), 100_000))).toEqual(expected);
    },
  );
});

describe('grpcShares', () => {
  it.each([
    ['all up', [3, 1, 1], [99, 1, 0]],
    ['2 of 3 local down', [1, 1, 1], [99, 1, 0]],
    ['local zone down', [0, 1, 1], [0, 100, 0]],
    ['nearest down too', [0, 0, 1], [0, 0, 100]],
  ] as const)('%s', (_state, [local, nearest, far], expected) => {
    expect(percent(grpcShares(measured(local, nearest, far)))).toEqual(expected);
  });
});

it('serves everything or says what is lost, whatever is healthy', () => {
  const locality = fc
    .record({
      zone: fc.constantFrom('a/1', 'a/2', 'b/1'),
      priority: fc.nat({ max: 3 }),
      weight: fc.integer({ min: 1, max: 100 }),
      endpoints: fc.integer({ min: 1, max: 20 }),
    })
    .chain((base) => fc.nat({ max: base.endpoints }).map((healthy) => ({ ...base, healthy })));
  fc.assert(
    fc.property(fc.array(locality, { maxLength: 8 }), fc.constantFrom(100, 140, 100_000), (localities, factor) => {
      for (const { shares, lost } of [envoyShares(localities, factor), grpcShares(localities)]) {
        const sum = [...shares.values()].reduce((total, share) => total + share, 0);
        expect(sum + lost).toBeCloseTo(1, 9);
        if (localities.some(({ healthy }) => healthy > 0)) expect(lost).toBeCloseTo(0, 9);
        for (const [zone] of shares)
          expect(localities.some((candidate) => candidate.zone === zone && candidate.healthy > 0)).toBe(true);
      }
    }),
  );
});
