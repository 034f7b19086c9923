import * as fc from 'fast-check';
import { ManualClock, pause } from '../../kernel';
import { runLoad } from './run-load';

describe('runLoad', () => {
  it('sends exactly as many as asked, never more at once than allowed, and counts every one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b', undefined), { maxLength: 60 }),
        fc.integer({ min: 1, max: 10 }),
        async (outcomes, concurrency) => {
          let sent = 0;
          let underWay = 0;
          const ask = async () => {
            const zone = outcomes[sent++];
            expect(++underWay).toBeLessThanOrEqual(concurrency);
            await Promise.resolve();
            underWay -= 1;
            if (zone === undefined) throw new Error('refused');
            return { zone, crossings: zone === 'a' ? 0 : 1 };
          };
          const result = await runLoad(ask, { requests: outcomes.length, concurrency }, new ManualClock());
          const count = (zone: string | undefined) => outcomes.filter((outcome) => outcome === zone).length;
          expect(sent).toBe(outcomes.length);
          expect(result).toMatchObject({ requests: outcomes.length, errors: count(undefined) });
          expect(result.answers.a ?? 0).toBe(count('a'));
          expect(result.answers.b ?? 0).toBe(count('b'));
          expect(result.maxCrossings).toBe(count('b') > 0 ? 1 : 0);
        },
      ),
    );
  });

  it('ends when the time is over, and tells when the last error was', async () => {
    const clock = new ManualClock();
    let sent = 0;
    const ask = async () => {
      await pause(clock, 10);
      if (++sent <= 3) throw new Error(`refused ${sent}`);
      return { zone: 'a', crossings: 0 };
    };
    const run = runLoad(ask, { requests: 1_000, concurrency: 1, durationMs: 100 }, clock);
    await clock.advance(1_000);
    expect(await run).toEqual({
      requests: 10,
      errors: 3,
      errorMessages: ['refused 1', 'refused 2', 'refused 3'],
      answers: { a: 7 },
      maxCrossings: 0,
      durationMs: 100,
      lastErrorMs: 30,
    });
  });
});
