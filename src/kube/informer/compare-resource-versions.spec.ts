import fc from 'fast-check';
import { compareResourceVersions } from './compare-resource-versions';

describe('compareResourceVersions', () => {
  it('orders versions of any length as numbers', () => {
    const version = fc.bigInt({ min: 0n, max: 2n ** 90n });
    fc.assert(
      fc.property(version, version, (left, right) => {
        const order = Math.sign(compareResourceVersions(String(left), String(right)) ?? Number.NaN);
        expect(order).toBe(left < right ? -1 : left > right ? 1 : 0);
      }),
    );
  });

  it('does not order what is no number', () => {
    expect(compareResourceVersions('10', 'abc')).toBeUndefined();
    expect(compareResourceVersions('010', '9')).toBeUndefined();
    expect(compareResourceVersions(undefined, '9')).toBeUndefined();
    expect(compareResourceVersions('abc', 'abc')).toBe(0);
  });
});
