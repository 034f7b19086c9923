import { ManualClock } from '../../kernel';
import { Debouncer } from '.';

describe('Debouncer', () => {
  const options = { quietMs: 100, maxMs: 1000 };

  it('runs once when a burst is over', async () => {
    const clock = new ManualClock();
    let runs = 0;
    const debouncer = new Debouncer(clock, options, () => (runs += 1));
    for (let change = 0; change < 5; change += 1) {
      debouncer.touch();
      await clock.advance(50);
    }
    expect(runs).toBe(0);
    await clock.advance(50);
    expect(runs).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('does not let a steady stream hold it up', async () => {
    const clock = new ManualClock();
    let runs = 0;
    const debouncer = new Debouncer(clock, options, () => (runs += 1));
    for (let atMs = 0; atMs < 2050; atMs += 50) {
      debouncer.touch();
      await clock.advance(50);
    }
    expect(runs).toBe(2);
    debouncer.stop();
    expect(clock.pending).toBe(0);
  });
});
