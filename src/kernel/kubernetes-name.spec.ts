import fc from 'fast-check';
import { kubernetesName } from './kubernetes-name';

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

describe('kubernetesName', () => {
  it.each([
    [['checkout', 'vip'], 'checkout-vip'],
    [['checkout'], 'checkout'],
  ])('keeps plain parts readable: %j', (parts, name) => expect(kubernetesName(...parts)).toBe(name));

  it('is always a DNS label', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), (parts) => {
        expect(kubernetesName(...parts)).toMatch(LABEL);
      }),
    );
  });

  it('never gives two different lists of one length the same name', () => {
    const part = fc.stringMatching(/^[a-z0-9-]{1,40}$/);
    const pair = fc.integer({ min: 1, max: 3 }).chain((length) => {
      const parts = fc.array(part, { minLength: length, maxLength: length });
      return fc.tuple(parts, parts);
    });
    fc.assert(
      fc.property(pair, ([left, right]) => {
        fc.pre(left.join('\0') !== right.join('\0'));
        expect(kubernetesName(...left)).not.toBe(kubernetesName(...right));
      }),
    );
  });
});
