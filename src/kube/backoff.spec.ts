import { fullJitterMs, halfJitterMs } from './backoff';

const backoff = { initialMs: 800, maxMs: 30_000 };

describe('back-off', () => {
  it('doubles up to its limit', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 5000].map((failures) => fullJitterMs(backoff, failures, () => 1));
    expect(longest).toEqual([800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  });

  it('spreads over the whole wait, or over its upper half', () => {
    expect(fullJitterMs(backoff, 2, () => 0)).toBe(0);
    expect(halfJitterMs(backoff, 2, () => 0)).toBe(800);
    expect(halfJitterMs(backoff, 2, () => 1)).toBe(1600);
  });
});
