import fc from 'fast-check';
import { DURATION_PATTERN, parseDurationMs } from './duration';

describe('parseDurationMs', () => {
  it.each([
    ['0', 0],
    ['0s', 0],
    ['750ms', 750],
    ['1.5s', 1500],
    ['1h30m', 5_400_000],
    ['2m0.5s', 120_500],
    ['250us', 0.25],
  ])('%s is %d ms', (text, expected) => {
    expect(parseDurationMs(text)).toBe(expected);
    expect(text).toMatch(new RegExp(DURATION_PATTERN));
  });

  it.each(['', '5', 's', '1 s', '-1s', '1d', '1s,', '٣s'])('%j is none', (text) => {
    expect(() => parseDurationMs(text)).toThrow(expect.objectContaining({ code: 'FLO4001' }) as Error);
    expect(text).not.toMatch(new RegExp(DURATION_PATTERN));
  });

  it('adds up its parts', () => {
    const part = fc.nat({ max: 999 });
    fc.assert(
      fc.property(part, part, part, (hours, seconds, milliseconds) => {
        expect(parseDurationMs(`${hours}h${seconds}s${milliseconds}ms`)).toBe(
          hours * 3_600_000 + seconds * 1000 + milliseconds,
        );
      }),
    );
  });
});
