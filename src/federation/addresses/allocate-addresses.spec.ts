import * as fc from 'fast-check';
import type { AddressAllocation } from '../api';
import { addressOf, formatAddress, parseRange } from './address-range';
import { allocateAddresses, type AddressClaim } from './allocate-addresses';

const spec = {
  zones: [
    { zone: 'east/a', ranges: ['10.1.0.0/29', '2001:db8::/64'] },
    { zone: 'east/b', ranges: ['10.2.0.10-10.2.0.12'] },
  ],
};
const claim = (name: string, zone: string): AddressClaim => ({ owner: `AccessPoint/shop/${name}`, zone });
const allocate = (
  claims: readonly AddressClaim[],
  existing: readonly AddressAllocation[] = [],
  taken: string[] = [],
): ReturnType<typeof allocateAddresses> => allocateAddresses({ spec, existing, claims, taken: new Set(taken) });

describe('parseRange', () => {
  it.each([
    ['10.1.0.0/30', '10.1.0.1', '10.1.0.2'],
    ['10.1.0.5/31', '10.1.0.4', '10.1.0.5'],
    ['10.1.0.7', '10.1.0.7', '10.1.0.7'],
    ['10.1.0.250-10.1.1.3', '10.1.0.250', '10.1.1.3'],
    ['2001:db8::/126', '2001:db8::', '2001:db8::3'],
  ])('reads %s', (text, first, last) => {
    const range = parseRange(text);
    expect([formatAddress(range.first, range.family), formatAddress(range.last, range.family)]).toEqual([first, last]);
  });

  it.each(['10.1.0.0/33', '10.1.0', '10.1.0.9-10.1.0.1', '10.1.0.1-2001:db8::1', 'x'])('refuses %s', (text) => {
    expect(() => parseRange(text)).toThrow(expect.objectContaining({ code: 'FLO3040' }) as Error);
  });
});

describe('allocateAddresses', () => {
  it('gives the lowest free address of each family', () => {
    expect(
      allocate([claim('x', 'east/a'), claim('y', 'east/a')]).allocations.map(({ address, owner }) => [address, owner]),
    ).toEqual([
      ['10.1.0.1', 'AccessPoint/shop/x'],
      ['10.1.0.2', 'AccessPoint/shop/y'],
      ['2001:db8::', 'AccessPoint/shop/x'],
      ['2001:db8::1', 'AccessPoint/shop/y'],
    ]);
  });

  it('keeps what was given, also outside the ranges of today, and gives back what nobody claims', () => {
    const existing = [
      { address: '10.9.9.9', zone: 'east/b', owner: 'AccessPoint/shop/old' },
      { address: '10.2.0.10', zone: 'east/b', owner: 'AccessPoint/shop/gone' },
    ];
    const { allocations } = allocate([claim('old', 'east/b'), claim('new', 'east/b')], existing);
    expect(allocations.map(({ address }) => address)).toEqual(['10.2.0.10', '10.9.9.9']);
  });

  it('leaves alone what other pools gave out, and names the claims that found nothing', () => {
    const names = ['p', 'q', 'r', 's'].map((name) => claim(name, 'east/b'));
    const { allocations, unmet } = allocate(names, [], ['10.2.0.11']);
    expect(allocations.map(({ address }) => address)).toEqual(['10.2.0.10', '10.2.0.12']);
    expect(unmet.map(({ owner }) => owner)).toEqual(['AccessPoint/shop/r', 'AccessPoint/shop/s']);
    expect(allocate([claim('x', 'mars/m')]).unmet).toHaveLength(1);
  });

  it('never gives one address twice and never moves an owner, whatever comes and goes', () => {
    const claims = fc.uniqueArray(
      fc.record({ owner: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), zone: fc.constantFrom('east/a', 'east/b') }),
      {
        selector: ({ owner, zone }) => `${owner}${zone}`,
      },
    );
    fc.assert(
      fc.property(fc.array(claims, { maxLength: 8 }), (rounds) => {
        let existing: readonly AddressAllocation[] = [];
        for (const round of rounds) {
          const next = allocate(round, existing).allocations;
          expect(new Set(next.map(({ address }) => address)).size).toBe(next.length);
          const wanted = new Set(round.map(({ owner, zone }) => `${owner}${zone}`));
          for (const before of existing)
            if (wanted.has(`${before.owner}${before.zone}`)) expect(next).toContainEqual(before);
          expect(next.every(({ owner, zone }) => wanted.has(`${owner}${zone}`))).toBe(true);
          expect(allocate([...round].reverse(), existing).allocations).toEqual(next);
          existing = next;
        }
      }),
    );
  });

  it('writes and reads the same address', () => {
    fc.assert(fc.property(fc.ipV4(), (address) => formatAddress(addressOf(address).value, 'ipv4') === address));
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
        (value) => addressOf(formatAddress(value, 'ipv6')).value === value,
      ),
    );
  });
});
