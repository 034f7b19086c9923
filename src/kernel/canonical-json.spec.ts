import fc from 'fast-check';
import { canonicalJson, digestOf, jsonEqual } from './canonical-json';

describe('canonicalJson', () => {
  it('sorts keys at every depth and drops undefined', () => {
    expect(canonicalJson({ b: [{ z: 1, a: 2 }], a: undefined, c: null })).toBe('{"b":[{"a":2,"z":1}],"c":null}');
  });

  it('gives one digest for one value, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(digestOf(reversed)).toBe(digestOf(value));
        expect(jsonEqual(reversed, value)).toBe(true);
      }),
    );
  });

  it('parses back to the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => expect(jsonEqual(JSON.parse(canonicalJson(value)), value)).toBe(true)),
    );
  });

  it('is what equality means, also with undefined, dates and keys in another order', () => {
    const leaf = fc.oneof(
      fc.constantFrom<unknown>(undefined, null, 0, -0, NaN, '', 'a', true, new Date(0), new Date(1), {}, []),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('any'), { maxLength: 3 }), tie('record')),
      record: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor'), tie('any'), { maxKeys: 3 }),
    })).any;
    fc.assert(
      fc.property(value, value, (left, right) => {
        expect(jsonEqual(left, right)).toBe(canonicalJson(left) === canonicalJson(right));
        expect(jsonEqual(left, structuredClone(left))).toBe(true);
        expect(JSON.parse(canonicalJson([left]))).toEqual(JSON.parse(JSON.stringify([left])));
      }),
      { numRuns: 2000 },
    );
  });
});
