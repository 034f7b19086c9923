import fc from 'fast-check';
import { localityShares, sharesAfterDrains } from '../../accesspoint';
import { annotations } from '../../federation/api';
import type { DestinationRule } from '../../istio';
import { formatTime, parseZoneName, type ZoneName } from '../../kernel';
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

const drained = { 'east/east-2/*': 100 };
const marks = {
  [annotations.failoverOrder]: JSON.stringify({ [ZONE]: ['west/w', ZONE], 'west/w': ['east/east-2'] }),
  [annotations.drainEnds]: JSON.stringify([
    { at: formatTime(nowMs + 2 * MINUTE_MS), to: { [ZONE]: 99, 'east/east-2': 1 }, failover: [] },
    { at: formatTime(nowMs + MINUTE_MS), to: { 'east/east-2': 99, 'west/w': 1 }, failover: [ZONE] },
  ]),
};

describe('endDrains', () => {
  const rule = ruleOf(
    [
      [ZONE, drained],
      [parseZoneName('west/w'), drained],
    ],
    marks,
  );

  it('changes nothing before the first end, nor without ends, nor for marks that cannot be read', () => {
    expect(ended(rule, nowMs + MINUTE_MS - 1)).toBe(rule);
    const broken = ['{', '[{}]', '{"at":1}', '[{"at":"2020-01-01T00:00:00Z","to":{"a/b":0},"failover":[]}]'];
    for (const text of broken) {
      const one = ruleOf([[ZONE, drained]], { [annotations.drainEnds]: text });
      expect(ended(one, nowMs)).toBe(one);
    }
  });

  it('gives the own clients the shares and the order that come after each end, and touches no other row', () => {
    const first = ended(rule, nowMs + MINUTE_MS);
    expect(sharesIn(first)).toEqual([{ 'east/east-2/*': 99, 'west/w/*': 1 }, drained]);
    expect(first.metadata.annotations![annotations.failoverOrder]).toBe(
      JSON.stringify({ [ZONE]: [ZONE], 'west/w': ['east/east-2'] }),
    );
    const last = ended(rule, nowMs + 2 * MINUTE_MS);
    expect(sharesIn(last)).toEqual([{ [`${ZONE}/*`]: 99, 'east/east-2/*': 1 }, drained]);
    expect(last.metadata.annotations).toMatchObject({
      owner: 'me',
      [annotations.failoverOrder]: JSON.stringify({ 'west/w': ['east/east-2'] }),
    });
  });

  it('leaves what the hub would render then, whenever drains end (property)', () => {
    const zones = ['east/east-1', 'east/east-2', 'east/east-3', 'west/w'].map(parseZoneName);
    const drains = fc.array(fc.tuple(fc.constantFrom(...zones), fc.integer({ min: 1, max: 5 })), { maxLength: 4 });
    fc.assert(
      fc.property(
        drains,
        fc.integer({ min: 0, max: 6 }),
        fc.constantFrom('Nearest', 'All'),
        (list, minutes, remote) => {
          const until = new Map(list.map(([zone, minute]) => [zone, nowMs + minute * MINUTE_MS]));
          const sharesAt = (atMs: number): ReturnType<typeof localityShares> =>
            localityShares(ZONE, zones, {
              ...{ localPercent: 99, remote, failoverOrder: [] },
              drained: zones.filter((zone) => (until.get(zone) ?? 0) > atMs),
            });
          const ends = [...until.values()].map((endMs) => formatTime(endMs));
          const rendered = (shares: ReturnType<typeof sharesAt>): DestinationRule =>
            ruleOf([[ZONE, Object.fromEntries([...shares.to].map(([zone, percent]) => [`${zone}/*`, percent]))]], {
              [annotations.failoverOrder]: JSON.stringify({ [ZONE]: shares.failover }),
              [annotations.drainEnds]: JSON.stringify(sharesAfterDrains(ends, sharesAt)),
            });
          const atMs = nowMs + minutes * MINUTE_MS;
          expect(sharesIn(ended(rendered(sharesAt(nowMs)), atMs))).toEqual(sharesIn(rendered(sharesAt(atMs))));
        },
      ),
    );
  });
});
