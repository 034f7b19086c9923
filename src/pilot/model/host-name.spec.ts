import fc from 'fast-check';
import { bySpecificity, hostsOverlap, hostWithin, mostSpecificMatch, resolveShortName } from './host-name';

const label = fc.constantFrom('a', 'b', 'shop', 'com');
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const host = fc.oneof(
  name,
  name.map((text) => `*.${text}`),
  fc.constant('*'),
);

describe('hostWithin', () => {
  it.each([
    ['cart.shop.com', '*', true],
    ['cart.shop.com', 'cart.shop.com', true],
    ['cart.shop.com', '*.shop.com', true],
    ['shop.com', '*.shop.com', false],
    ['cart.myshop.com', '*.shop.com', false],
    ['*.eu.shop.com', '*.shop.com', true],
    ['*.shop.com', '*.eu.shop.com', false],
    ['*.shop.com', 'cart.shop.com', false],
    ['*', '*.shop.com', false],
  ])('%s within %s: %s', (one, pattern, expected) => {
    expect(hostWithin(one, pattern)).toBe(expected);
  });

  it('is an order', () => {
    fc.assert(
      fc.property(host, host, host, (one, two, three) => {
        expect(hostWithin(one, one)).toBe(true);
        if (hostWithin(one, two) && hostWithin(two, one)) expect(one).toBe(two);
        if (hostWithin(one, two) && hostWithin(two, three)) expect(hostWithin(one, three)).toBe(true);
      }),
    );
  });
});

it('finds the narrowest entry, as a search through all would', () => {
  fc.assert(
    fc.property(fc.array(host, { maxLength: 6 }), host, (patterns, wanted) => {
      const expected = patterns.filter((pattern) => hostWithin(wanted, pattern)).sort(bySpecificity)[0];
      expect(mostSpecificMatch(new Map(patterns.map((pattern) => [pattern, pattern])), wanted)).toBe(expected);
    }),
  );
});

it('tells overlapping hosts from others', () => {
  expect(hostsOverlap('*.shop.com', 'a.shop.com')).toBe(true);
  expect(hostsOverlap('a.shop.com', '*')).toBe(true);
  expect(hostsOverlap('*.shop.com', '*.other.com')).toBe(false);
});

it('completes names without a dot', () => {
  expect(resolveShortName('cart', 'shop', 'cluster.local')).toBe('cart.shop.svc.cluster.local');
  expect(resolveShortName('cart.shop', 'other', 'cluster.local')).toBe('cart.shop');
  expect(resolveShortName('*', 'shop', 'cluster.local')).toBe('*');
});
