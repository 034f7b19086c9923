import * as fc from 'fast-check';
import { ReadyLineParser } from './ready-line';

describe('ReadyLineParser', () => {
  const text = 'starting\n{"ready":false}\n{broken\n{"ready":true,"port":"ü"}\n{"ready":true,"port":"later"}\n';

  it('finds the line wherever the chunks end', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 8 }), (cuts) => {
        const borders = [0, ...cuts.sort((a, b) => a - b), text.length];
        const parser = new ReadyLineParser();
        const found = borders.slice(1).map((end, index) => parser.push(text.slice(borders[index], end)));
        expect(found.find((line) => line !== undefined)).toEqual({ ready: true, port: 'ü' });
      }),
    );
  });

  it('waits for the end of the line', () => {
    expect(new ReadyLineParser().push('{"ready":true}')).toBeUndefined();
  });
});
