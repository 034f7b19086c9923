import fc from 'fast-check';
import { type PoolLocality, poolShares } from '../../accesspoint/weights';
import { annotations } from '../../federation/api';
import type { DestinationRule } from '../../istio';
import { canonicalJson, formatTime, parseZoneName, type ZoneName } from '../../kernel';
import { endDrains } from './end-drains';

const nowMs = Date.UTC(2026, 5, 1);
const MINUTE_MS = 60_000;
const ZONE = parseZoneName('east/east-1');

function ruleOf(shares: readonly [ZoneName, Record<string, number>][], marks: Record<string, string>): DestinationRule {
  return {
    ...{ apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule' },
    metadata: { name: 'checkout', namespace: 'shop', annotations: { owner: 'me', ...marks } },
    spec: {
      host: 'checkout.shop.example.com',
      trafficPolicy: {
        loadBalancer: { localityLbSetting: { distribute: shares.map(([from, to]) => ({ from: `${from}/*`, to })) } },
      },
    },
  };
}

function ended(rule: DestinationRule, atMs: number): DestinationRule {
  return endDrains({ manifests: [rule], zone: ZONE, nowMs: atMs })[0] as DestinationRule;
}

function sharesIn(rule: DestinationRule): readonly unknown[] {
  return rule.spec!.trafficPolicy!.loadBalancer!.localityLbSetting!.distribute!.map(({ to }) => to);
}

const WEST = parseZoneName('west/w');
const EAST_2 = parseZoneName('east/east-2');
const drained = { 'west/w/*': 100 };
const pool: PoolLocality = {
  ...{ localPercent: 99, remote: 'Nearest', failoverOrder: [] },
  members: [ZONE, EAST_2, WEST],
  localOnly: [],
};
const drains = {
  [ZONE]: formatTime(nowMs + 2 * MINUTE_MS),
  [EAST_2]: formatTime(nowMs + MINUTE_MS),
};
const order = { [ZONE]: [ZONE, EAST_2], [WEST]: [ZONE] };

describe('endDrains', () => {
  const rule = ruleOf(
    [
      [ZONE, drained],
      [WEST, drained],
    ],
    {
      [annotations.failoverOrder]: JSON.stringify(order),
      [annotations.drains]: JSON.stringify(drains),
      [annotations.poolLocality]: JSON.stringify(pool),
    },
  );

  it('changes nothing before the first end, nor without a pool that can be read', () => {
    expect(ended(rule, nowMs + MINUTE_MS - 1)).toBe(rule);
    const faults = [
      '{',
      '[{}]',
      '{"members":1}',
      JSON.stringify({ ...pool, members: ['nowhere'] }),
      '{"localPercent":0}',
    ];
    for (const text of faults) {
      const marks = { [annotations.drains]: JSON.stringify(drains), [annotations.poolLocality]: text };
      const one = ruleOf([[ZONE, drained]], marks);
      expect(ended(one, nowMs + 9 * MINUTE_MS)).toBe(one);
    }
  });

  it('gives the own clients the shares and the order that come after each end, and touches no other row', () => {
    const first = ended(rule, nowMs + MINUTE_MS);
    expect(sharesIn(first)).toEqual([{ 'east/east-2/*': 100 }, drained]);
    expect(orderIn(first)).toEqual({ [ZONE]: [WEST, ZONE], [WEST]: [ZONE] });
    const last = ended(rule, nowMs + 2 * MINUTE_MS);
    expect(sharesIn(last)).toEqual([{ 'east/east-1/*': 99, 'east/east-2/*': 1 }, drained]);
    expect(orderIn(last)).toEqual({ [ZONE]: [WEST], [WEST]: [ZONE] });
    expect(last.metadata.annotations).toMatchObject({ owner: 'me' });
  });

  it('leaves what the hub would render then, whenever drains end (property)', () => {
    const zones = [ZONE, EAST_2, parseZoneName('east/east-3'), WEST];
    const ends = fc.array(fc.tuple(fc.constantFrom(...zones), fc.integer({ min: 1, max: 5 })), { maxLength: 4 });
    const minutes = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(
        ends,
        minutes,
        fc.constantFrom('Nearest', 'All'),
        fc.subarray(zones),
        (list, passed, remote, known) => {
          const until = new Map(list.map(([zone, minute]) => [zone, nowMs + minute * MINUTE_MS]));
          const localOnly = zones.filter((zone) => !known.includes(zone));
          const wide: PoolLocality = { ...pool, remote, members: known, localOnly };
          const atMs = nowMs + passed * MINUTE_MS;
          const after = ended(rendered(wide, until, nowMs), atMs);
          expect(sharesIn(after)).toEqual(sharesIn(rendered(wide, until, atMs)));
          expect(orderIn(after)[ZONE] ?? []).toEqual(orderIn(rendered(wide, until, atMs))[ZONE]);
        },
      ),
    );
  });
});

/** The rule as the hub writes it at some time, for the clients of one zone. */
function rendered(wide: PoolLocality, until: ReadonlyMap<string, number>, atMs: number): DestinationRule {
  const on = [...until].filter(([, endMs]) => endMs > atMs);
  const { to, failover } = poolShares(ZONE, wide, (zone) => on.some(([name]) => name === zone));
  return ruleOf([[ZONE, Object.fromEntries([...to].map(([zone, percent]) => [`${zone}/*`, percent]))]], {
    [annotations.failoverOrder]: JSON.stringify({ [ZONE]: failover }),
    [annotations.drains]: JSON.stringify(Object.fromEntries(on.map(([zone, endMs]) => [zone, formatTime(endMs)]))),
    [annotations.poolLocality]: canonicalJson(wide),
  });
}

function orderIn({ metadata }: DestinationRule): Record<string, string[]> {
  return JSON.parse(metadata.annotations?.[annotations.failoverOrder] ?? '{}') as Record<string, string[]>;
}
