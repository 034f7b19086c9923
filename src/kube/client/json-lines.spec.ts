import fc from 'fast-check';
import { JsonLines } from './json-lines';

describe('JsonLines', () => {
  it('finds the same lines wherever the chunks are cut, also inside a character', () => {
    const texts = fc.array(fc.string({ unit: 'binary' }).map((text) => JSON.stringify({ text })));
    fc.assert(
      fc.property(texts, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (lines, sizes) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const parser = new JsonLines();
        const found: string[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length]!;
          found.push(...parser.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(found).toEqual(lines);
        expect(parser.pending).toBe(0);
      }),
    );
  });

  it('does not take a line without its newline for a line', () => {
    const parser = new JsonLines();
    expect(parser.push(Buffer.from('{"a":1}\n{"b":'))).toEqual(['{"a":1}']);
    expect(parser.pending).toBe(5);
    expect(parser.push(Buffer.from('2}\n\n'))).toEqual(['{"b":2}']);
  });
});
