import fc from 'fast-check';
import type { Endpoint } from '../../model';
import { distribute, distributeFor, localityMatches } from './distribute';
import { groupByLocality, type LocalityGroup, localityKey } from './locality-group';

function endpoint(region: string, zone: string, weight = 1, subzone?: string): Endpoint {
  return {
    address: '10.0.0.1',
    port: 80,
    locality: subzone === undefined ? { region, zone } : { region, zone, subzone },
    weight,
    labels: {},
    cluster: 'east-1',
    tlsMode: 'disabled',
    health: 'UNKNOWN',
    namespace: 'shop',
    workload: '',
  };
}

/** `locality: weight@priority (endpoints)`, as people read them. */
function summary(groups: readonly LocalityGroup[]): readonly string[] {
  return groups.map(
    ({ locality, weight, priority = 0, endpoints }) =>
      `${localityKey(locality)} ${weight}@${priority} (${endpoints.length})`,
  );
}

const zones = groupByLocality([
  endpoint('east', 'east-1'),
  endpoint('east', 'east-1'),
  endpoint('east', 'east-2'),
  endpoint('west', 'west-1'),
]);

describe('distribute', () => {
  it('gives whole zones their shares, whatever they weigh', () => {
    expect(summary(distribute(zones, { 'east/east-1/*': 95, 'east/*': 3, 'west/*': 2 }, undefined))).toEqual([
      'east/east-1/ 95@0 (2)',
      'east/east-2/ 3@0 (1)',
      'west/west-1/ 2@0 (1)',
    ]);
  });

  it('lets the most specific pattern have a locality, in whatever order patterns stand', () => {
    const to = { '*': 10, 'east/*': 20, 'east/east-1/*': 70 };
    const reversed = Object.fromEntries(Object.entries(to).reverse());
    expect(distribute(zones, to, undefined)).toEqual(distribute(zones, reversed, undefined));
    expect(summary(distribute(zones, to, undefined))).toEqual([
      'east/east-1/ 70@0 (2)',
      'east/east-2/ 20@0 (1)',
      'west/west-1/ 10@0 (1)',
    ]);
  });

  it('drops the endpoints of localities that no pattern names', () => {
    expect(summary(distribute(zones, { 'east/east-1/*': 100 }, undefined))).toEqual([
      'east/east-1/ 100@0 (2)',
      'east/east-2/ 1@0 (0)',
      'west/west-1/ 1@0 (0)',
    ]);
  });

  it('puts them behind the others when there is an order, those that it does not name last', () => {
    expect(summary(distribute(zones, { 'east/east-1/*': 100 }, ['west/west-1']))).toEqual([
      'east/east-1/ 100@0 (2)',
      'east/east-2/ 1@2 (1)',
      'west/west-1/ 1@1 (1)',
    ]);
  });

  it('ignores a share of 0', () => {
    expect(summary(distribute(zones, { 'east/*': 100, 'west/*': 0 }, undefined))[2]).toBe('west/west-1/ 1@0 (0)');
  });

  it('keeps the shares of zones whatever is within them', () => {
    const places = fc.array(
      fc.record({
        zone: fc.constantFrom('east-1', 'east-2', 'west-1'),
        weight: fc.integer({ min: 1, max: 9 }),
        subzone: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    const to: Readonly<Record<string, number>> = { 'east/east-1/*': 90, 'east/east-2/*': 7, 'west/west-1/*': 3 };
    fc.assert(
      fc.property(places, (list) => {
        const endpoints = list.map(({ zone, weight, subzone }) => endpoint(zone.slice(0, 4), zone, weight, subzone));
        const arranged = distribute(groupByLocality(endpoints), to, undefined);
        const whole = arranged.reduce((sum, { weight }) => sum + weight, 0);
        const present = Object.keys(to).filter((pattern) =>
          arranged.some(({ locality }) => localityMatches(pattern, locality)),
        );
        const shares = present.reduce((sum, pattern) => sum + to[pattern]!, 0);
        for (const pattern of present) {
          const part = arranged
            .filter(({ locality }) => localityMatches(pattern, locality))
            .reduce((sum, { weight }) => sum + weight, 0);
          expect(part * shares).toBe(to[pattern]! * whole);
        }
      }),
    );
  });
});

describe('localityMatches', () => {
  it.each([
    ['*', true],
    ['east', true],
    ['east/*', true],
    ['east/east-1', true],
    ['east/east-1/*', true],
    ['east/east-1/rack-1', true],
    ['east/east-1/rack-2', false],
    ['east/east-2/*', false],
    ['west/*', false],
    ['eas', false],
  ])('%s: %s', (pattern, expected) => {
    expect(localityMatches(pattern, { region: 'east', zone: 'east-1', subzone: 'rack-1' })).toBe(expected);
  });
});

describe('distributeFor', () => {
  it('takes the first entry that covers the proxy, and none where none does', () => {
    const entries = [{ from: 'east/east-2/*' }, { from: 'east/*', to: { 'east/*': 1 } }, { from: 'east/east-1/*' }];
    expect(distributeFor(entries, { region: 'east', zone: 'east-1' })).toBe(entries[1]);
    expect(distributeFor(entries, { region: '', zone: '' })).toBeUndefined();
  });
});
