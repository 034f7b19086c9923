import fc from 'fast-check';
import { annotations } from '../../federation/api';
import type { DestinationRule } from '../../istio';
import { moveWeights } from './move-weights';

const ZONE = 'east/east-1';

function rule(to: Record<string, number>, order: string[] = []): DestinationRule {
  return {
    ...{ apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule' },
    metadata: {
      ...{ name: 'checkout', namespace: 'shop' },
      annotations: { [annotations.failoverOrder]: JSON.stringify({ [ZONE]: order }) },
    },
    spec: {
      host: 'checkout.shop.example.com',
      trafficPolicy: {
        loadBalancer: {
          localityLbSetting: {
            distribute: [
              { from: `${ZONE}/*`, to },
              { from: 'west/west-1/*', to: { 'west/west-1/*': 100 } },
            ],
          },
        },
      },
    },
  };
}

function moved(to: Record<string, number>, dead: string[], order: string[] = []): Record<string, number> | undefined {
  const [result] = moveWeights({ manifests: [rule(to, order)], zone: ZONE, dead: new Set(dead) });
  const { distribute } = (result as DestinationRule).spec!.trafficPolicy!.loadBalancer!.localityLbSetting!;
  expect(distribute![1]!.to).toEqual({ 'west/west-1/*': 100 });
  return distribute![0]!.to;
}

const nearest = { 'east/east-1/*': 99, 'east/east-2/*': 1 };

describe('moveWeights', () => {
  it('gives the share of a dead zone to those named beside it', () => {
    expect(moved(nearest, ['east/east-1'])).toEqual({ 'east/east-2/*': 100 });
    expect(moved(nearest, ['east/east-2'])).toEqual({ 'east/east-1/*': 100 });
    const all = { 'east/east-1/*': 97, 'east/east-2/*': 2, 'west/west-1/*': 1 };
    expect(moved(all, ['east/east-1'])).toEqual({ 'east/east-2/*': 67, 'west/west-1/*': 33 });
  });

  it('goes on along the order when all that are named are dead', () => {
    const order = ['east/east-3', 'west/west-1'];
    expect(moved(nearest, ['east/east-1', 'east/east-2'], order)).toEqual({ 'east/east-3/*': 100 });
    expect(moved(nearest, ['east/east-1', 'east/east-2', 'east/east-3'], order)).toEqual({ 'west/west-1/*': 100 });
  });

  it('moves nothing when nobody lives, or nobody died', () => {
    expect(moved(nearest, ['east/east-1', 'east/east-2', 'west/west-1'], ['west/west-1'])).toEqual(nearest);
    expect(moved(nearest, [], [])).toEqual(nearest);
    expect(moved(nearest, ['west/west-1'], ['west/west-1'])).toEqual(nearest);
  });

  it('always leaves integers of 1 to 100 that sum to 100, and none for the dead (property)', () => {
    const zones = Array.from({ length: 23 }, (_, index) => `east/east-${index + 1}`);
    const weights = fc
      .uniqueArray(fc.constantFrom(...zones), { minLength: 1, maxLength: 23 })
      .chain((chosen) =>
        fc.tuple(
          fc.constant(chosen),
          fc.array(fc.nat(100), { minLength: chosen.length, maxLength: chosen.length }),
          fc.subarray(zones),
        ),
      );
    fc.assert(
      fc.property(weights, ([chosen, raw, dead]) => {
        const to = summingTo100(chosen, raw);
        const result = Object.entries(moved(to, dead)!);
        expect(result.reduce((sum, [, weight]) => sum + weight, 0)).toBe(100);
        for (const [, weight] of result) expect(Number.isInteger(weight) && weight >= 1).toBe(true);
        const someLive = chosen.some((zone) => !dead.includes(zone));
        if (someLive) for (const [pattern] of result) expect(dead).not.toContain(pattern.slice(0, -2));
      }),
    );
  });
});

/** Integers of at least 1 that sum to 100, from any raw numbers. */
function summingTo100(zones: readonly string[], raw: readonly number[]): Record<string, number> {
  const weights = zones.map(() => 1);
  for (let left = 100 - zones.length, index = 0; left > 0; index += 1) {
    const part = Math.min(left, (raw[index % raw.length] ?? 0) + 1);
    weights[index % weights.length]! += part;
    left -= part;
  }
  return Object.fromEntries(zones.map((zone, index) => [`${zone}/*`, weights[index]!]));
}
