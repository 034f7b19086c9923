import fc from 'fast-check';
import { parseZoneName } from '../../kernel';
import type { NameRecord } from '../record';
import { answerNameOf, answerShares } from '../answer';
import { entryWeights, meshAddresses, meshShares } from './mesh-shares';
import { percentOf } from './percent-of';

const zones = ['east/east-1', 'east/east-2', 'west/west-1'].map(parseZoneName);

interface Draft {
  readonly policy: NameRecord['policy'];
  /** target → its ratio and where it is. */
  readonly targets: readonly { readonly ratio: number; readonly zones: readonly number[] }[];
}

function recordOf({ policy, targets }: Draft): NameRecord {
  return {
    ...{ owner: 'shop/a', fqdn: 'a.example', provider: 'builtin', ttlSeconds: 30, policy, localPercent: 99 },
    ...{ nearest: {}, networks: {}, ports: [], former: [] },
    schedule: { intervalSeconds: 5, timeoutSeconds: 2, failureThreshold: 3, successThreshold: 1 },
    members: targets.flatMap(({ ratio, zones: places }, target) =>
      places.map((place) => ({
        ...{ id: `t${target}@${zones[place]!}`, target: `t${target}`, ratio, zone: zones[place]! },
        ...{ addresses: [`192.0.${target}.${place}`], mesh: [`10.${target}.0.${place}`], tiers: [] },
      })),
    ),
  };
}

/** What a client of a zone sends where, in fractions: share of the place, split by endpoint weights within it. */
function sharesByAddress(record: NameRecord, from: number): Map<string, number> {
  const addresses = meshAddresses(record);
  const row = meshShares(record, addresses, zones)[from]!;
  const weights = entryWeights(record, addresses);
  const shares = new Map<string, number>();
  for (const [place, percent] of row.to) {
    const own = addresses.filter(({ locality }) => locality === place);
    const total = own.reduce((sum, address) => sum + (weights.get(address) ?? 1), 0);
    for (const address of own) shares.set(address.member.id, ((weights.get(address) ?? 1) / total) * (percent / 100));
  }
  return shares;
}

const anyTargets = fc.array(
  fc.record({
    ratio: fc.integer({ min: 0, max: 100 }),
    zones: fc.uniqueArray(fc.nat({ max: 2 }), { minLength: 1 }),
  }),
  { minLength: 1, maxLength: 5 },
);

it('ratios are exact: each target has its share to the per cent, and each zone sums to 100 (property)', () => {
  fc.assert(
    fc.property(anyTargets, (targets) => {
      fc.pre(targets.some(({ ratio }) => ratio > 0));
      const record = recordOf({ policy: 'Ratio', targets });
      const total = targets.reduce((sum, { ratio }) => sum + ratio, 0);
      const rows = meshShares(record, meshAddresses(record), zones);
      for (const { to } of rows) expect([...to.values()].reduce((sum, percent) => sum + percent, 0)).toBe(100);
      const shares = sharesByAddress(record, 0);
      const used = new Set([...rows[0]!.to.keys()]);
      targets.forEach(({ ratio }, index) => {
        const own = [...shares]
          .filter(([id]) => id.startsWith(`t${index}@`))
          .reduce((sum, [, share]) => sum + share, 0);
        // Each place is rounded to a whole per cent.
        expect(Math.abs(own - ratio / total)).toBeLessThan(0.0101 * used.size);
      });
    }),
  );
});

it('whole percentages of targets in places of their own come out exactly (property)', () => {
  const cut = fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 49 }));
  fc.assert(
    fc.property(cut, ([first, second]) => {
      const ratios = [first, second, 100 - first - second];
      const record = recordOf({ policy: 'Ratio', targets: ratios.map((ratio, place) => ({ ratio, zones: [place] })) });
      const [row] = meshShares(record, meshAddresses(record), zones);
      expect(zones.map((zone) => row!.to.get(zone))).toEqual(ratios);
    }),
  );
});

it('the mesh spreads the clients of a zone as DNS does, for every policy (property)', () => {
  const policies = fc.constantFrom('RoundRobin' as const, 'Locality' as const, 'Ratio' as const);
  fc.assert(
    fc.property(policies, anyTargets, fc.nat({ max: 2 }), (policy, targets, from) => {
      fc.pre(targets.every(({ ratio }) => ratio > 0));
      const nearest = { [zones[from]!]: [...zones.filter((zone) => zone !== zones[from])] };
      const record = { ...recordOf({ policy, targets }), nearest };
      fc.pre(policy !== 'Locality' || from === 0);
      const told = answerShares(
        answerNameOf(record, () => true),
        zones[from],
      );
      const sent = sharesByAddress(record, from);
      for (const { id, addresses } of record.members) {
        expect(Math.abs((sent.get(id) ?? 0) - (told[addresses[0]!] ?? 0))).toBeLessThan(0.011);
      }
    }),
  );
});

it('percentOf keeps to 100, forgets nothing above half a per cent, and is off by less than one (property)', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 40 }), (list) => {
      const weights = new Map(list.map((weight, index) => [`k${index}`, weight]));
      const percents = percentOf(weights);
      expect([...percents.values()].reduce((sum, percent) => sum + percent, 0)).toBe(100);
      const total = list.reduce((sum, weight) => sum + weight, 0);
      if (total === 0) return;
      for (const [key, weight] of weights) {
        expect(Math.abs((percents.get(key) ?? 0) - (weight / total) * 100)).toBeLessThan(1);
      }
    }),
  );
});
