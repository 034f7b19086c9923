import * as fc from 'fast-check';
import { isIpAddress } from './ip-address';

describe('isIpAddress', () => {
  it.each(['0.0.0.0', '10.1.0.10', '255.255.255.255', '::', '::1', '2001:db8::7', '::ffff:10.1.0.1'])(
    'takes %s',
    (text) => {
      expect(isIpAddress(text)).toBe(true);
    },
  );

  it.each([
    '',
    '10',
    '10.1',
    '10.1.0',
    '10.1.0.256',
    '10.1.0.1.',
    '10.1.0.01',
    '10.1.0.1/24',
    'fe80::1%eth0',
    '1:2',
    'a.b.c.d',
  ])('refuses "%s"', (text) => {
    expect(isIpAddress(text)).toBe(false);
  });

  it('takes every address that there is', () => {
    fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => isIpAddress(text)));
  });
});
