import { ManualClock, silentLogger } from '../../kernel';
import { ReconcileLoop } from './reconcile-loop';

describe('ReconcileLoop', () => {
  const clock = new ManualClock();
  const surroundings = { clock, logger: silentLogger };

  it('runs once for many triggers, and once more for those that come during a run', async () => {
    let runs = 0;
    const loop: ReconcileLoop = new ReconcileLoop(
      'test',
      async () => {
        runs += 1;
        if (runs === 1) for (let count = 0; count < 5; count += 1) loop.trigger();
        await Promise.resolve();
      },
      surroundings,
    );
    for (let count = 0; count < 5; count += 1) loop.trigger();
    await loop.settled();
    expect(runs).toBe(2);
  });

  it('repeats a run that failed, after pauses that grow', async () => {
    const times: number[] = [];
    const startedMs = clock.nowMs();
    const loop = new ReconcileLoop(
      'test',
      () => {
        times.push(clock.nowMs() - startedMs);
        return times.length < 4 ? Promise.reject(new Error('refused')) : Promise.resolve();
      },
      surroundings,
    );
    loop.trigger();
    await clock.advance(0);
    await clock.advance(10_000);
    await loop.settled();
    expect(times).toEqual([0, 200, 600, 1_400]);
  });

  it('stops, also in the middle of a pause, and does nothing afterwards', async () => {
    let runs = 0;
    const loop = new ReconcileLoop('test', () => Promise.reject(new Error(`refused ${(runs += 1)}`)), surroundings);
    loop.trigger();
    await clock.advance(100);
    await loop.stop();
    loop.trigger();
    await clock.advance(60_000);
    expect(runs).toBe(1);
    expect(clock.pending).toBe(0);
  });
});
