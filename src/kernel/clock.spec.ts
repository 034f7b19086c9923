import { formatTime, pause, systemClock } from './clock';
import { ManualClock } from './manual-clock';

describe('ManualClock', () => {
  it('fires what has come due, in order of time', async () => {
    const clock = new ManualClock(0);
    const fired: string[] = [];
    clock.after(20, () => fired.push('second'));
    clock.after(10, () => fired.push('first'));
    clock.after(30, () => fired.push('third'));
    await clock.advance(25);
    expect(fired).toEqual(['first', 'second']);
    expect(clock.nowMs()).toBe(25);
    expect(clock.pending).toBe(1);
  });

  it('does not fire a stopped timer', async () => {
    const clock = new ManualClock(0);
    const fired: string[] = [];
    clock.after(10, () => fired.push('never'))();
    await clock.advance(100);
    expect(fired).toEqual([]);
  });
});

describe('systemClock', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const dayMs = 24 * 60 * 60 * 1000;

  it('waits for months where that is asked for, and not for a moment', () => {
    const fired = jest.fn();
    systemClock.after(100 * dayMs, fired);
    jest.advanceTimersByTime(99 * dayMs);
    expect(fired).not.toHaveBeenCalled();
    jest.advanceTimersByTime(2 * dayMs);
    expect(fired).toHaveBeenCalledTimes(1);
  });

  it('can be stopped in the middle of a long wait', () => {
    const fired = jest.fn();
    const stop = systemClock.after(100 * dayMs, fired);
    jest.advanceTimersByTime(60 * dayMs);
    stop();
    jest.advanceTimersByTime(60 * dayMs);
    expect(fired).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('pause', () => {
  it('ends early, and leaves no timer, when the signal aborts', async () => {
    const clock = new ManualClock(0);
    const stopping = new AbortController();
    const paused = pause(clock, 1000, stopping.signal);
    stopping.abort();
    await paused;
    expect(clock.pending).toBe(0);
  });

  it('waits as long as it was told', async () => {
    const clock = new ManualClock(0);
    let over = false;
    void pause(clock, 1000).then(() => (over = true));
    await clock.advance(999);
    expect(over).toBe(false);
    await clock.advance(1);
    expect(over).toBe(true);
  });
});

it('writes times as Kubernetes does', () => {
  expect(formatTime(Date.UTC(2026, 10, 21, 9, 8, 7, 654))).toBe('2026-11-21T09:08:07Z');
  expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(1000);
});
