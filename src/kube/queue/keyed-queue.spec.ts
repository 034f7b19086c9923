import fc from 'fast-check';
import { FlotillaError, ManualClock, silentLogger } from '../../kernel';
import { KubeApiError } from '../client/kube-api-error';
import { INITIAL_LIST_PRIORITY, KeyedQueue, type KeyedQueueOptions } from './keyed-queue';
import type { RunNumbers } from './queue-metrics';

let clock: ManualClock;
let log: string[];
/** Ends the run of a key that waits for it. */
let release: Map<string, () => void>;

beforeEach(() => {
  clock = new ManualClock();
  log = [];
  release = new Map();
});

/** A queue whose runs last until released. */
function queue(options: Partial<KeyedQueueOptions<string>> = {}): KeyedQueue {
  return new KeyedQueue({
    ...{ name: 'test', clock, random: () => 1, logger: silentLogger, concurrency: 1 },
    run: (key) => {
      log.push(key);
      return new Promise((resolve) => release.set(key, resolve));
    },
    ...options,
  });
}

async function finish(key: string): Promise<void> {
  release.get(key)!();
  await clock.advance(0);
}

describe('KeyedQueue', () => {
  it('runs a failed key again even when whoever hears of the failure throws', async () => {
    let runs = 0;
    const keys = queue({
      run: () => ((runs += 1) === 1 ? Promise.reject(new Error('no')) : Promise.resolve()),
      onFailure: () => {
        throw new Error('a listener');
      },
    });
    keys.add('a');
    await clock.advance(0);
    await clock.advance(60_000);
    expect(runs).toBe(2);
    await keys.stop();
  });

  it('complains of a stale write only when it fails again and again', async () => {
    const levels: string[] = [];
    const logger = { ...silentLogger, debug: () => levels.push('debug'), warn: () => levels.push('warn') };
    const subject = { cluster: 'hub', verb: 'updating', kind: 'Service' };
    const stale = new KubeApiError({ subject, statusCode: 409, reason: 'Conflict', message: 'modified' });
    const causes = [{ reason: 'FieldManagerConflict', message: 'conflict with "helm"', field: '.spec' }];
    const owned = new KubeApiError({ subject, statusCode: 409, reason: 'Conflict', message: 'owned', causes });
    for (const [error, expected] of [
      [stale, ['debug', 'debug', 'debug', 'warn']],
      [owned, ['warn', 'warn', 'warn', 'warn']],
    ] as const) {
      levels.length = 0;
      const keys = queue({ logger, run: () => Promise.reject(error) });
      keys.add('a');
      await clock.advance(0);
      for (let run = 1; run < 4; run += 1) await clock.advance(200 * 2 ** (run - 1));
      expect(levels).toEqual(expected);
      await keys.stop();
    }
  });

  it('says how long the oldest key waits, however many there are', async () => {
    const keys = queue();
    keys.add('running');
    keys.add('oldest');
    await clock.advance(5_000);
    for (let index = 0; index < 150_000; index += 1) keys.add(`key-${index}`);
    expect(keys.numbers).toMatchObject({ waiting: 150_001, oldestWaitMs: 5_000 });
    const stopped = keys.stop();
    await finish('running');
    await stopped;
  });

  it('folds adds of a waiting key, and runs a key added while it runs once more', async () => {
    const keys = queue();
    for (const key of ['a', 'b', 'b', 'a', 'a']) keys.add(key);
    expect(keys.numbers).toMatchObject({ running: 1, waiting: 1 });
    await finish('a');
    await finish('b');
    await finish('a');
    expect(log).toEqual(['a', 'b', 'a']);
    await keys.idle();
  });

  it('runs real changes before a first list, and lets a change raise a waiting key', async () => {
    const keys = queue();
    for (const key of ['busy', 'x', 'y', 'z']) keys.add(key, { priority: INITIAL_LIST_PRIORITY });
    keys.add('changed');
    keys.add('z');
    for (const key of ['busy', 'changed', 'z', 'x', 'y']) await finish(key);
    expect(log).toEqual(['busy', 'changed', 'z', 'x', 'y']);
  });

  it('lets groups take turns', async () => {
    const keys = queue({ groupOf: (key) => key.split('/')[0]! });
    for (const key of ['east/0', 'east/1', 'east/2', 'east/3', 'west/0', 'west/1']) keys.add(key);
    for (const key of ['east/0', 'east/1', 'west/0', 'east/2', 'west/1', 'east/3']) await finish(key);
    expect(log).toEqual(['east/0', 'east/1', 'west/0', 'east/2', 'west/1', 'east/3']);
  });

  it('keeps places free for other groups', () => {
    const keys = queue({ concurrency: 3, groupConcurrency: 2, groupOf: (key) => key.split('/')[0]! });
    for (const key of ['slow/0', 'slow/1', 'slow/2', 'fast/0']) keys.add(key);
    expect(log).toEqual(['slow/0', 'slow/1', 'fast/0']);
  });

  it('runs a delayed key at its time, at the earliest of several, and at once when it is added plainly', async () => {
    const keys = queue({ run: async (key) => void log.push(`${key}@${clock.nowMs() - startMs}`) });
    const startMs = clock.nowMs();
    keys.add('a', { afterMs: 500 });
    keys.add('a', { afterMs: 200 });
    keys.add('a', { afterMs: 900 });
    keys.add('b', { afterMs: 300 });
    await clock.advance(100);
    keys.add('b');
    await clock.advance(1000);
    expect(log).toEqual(['b@100', 'a@200']);
  });

  it('tries a failed key again after a growing wait, and forgets its failures when it succeeds', async () => {
    const startMs = clock.nowMs();
    let failing = true;
    const keys = queue({
      backoff: { initialMs: 100, maxMs: 1000 },
      run: async (key) => {
        log.push(`${key}@${clock.nowMs() - startMs}`);
        if (failing) throw new Error('not yet');
      },
    });
    keys.add('a');
    await clock.advance(0);
    await clock.advance(3000);
    expect(log).toEqual(['a@0', 'a@100', 'a@300', 'a@700', 'a@1500', 'a@2500']);
    failing = false;
    await clock.advance(1000);
    failing = true;
    log = [];
    keys.add('a');
    await clock.advance(0);
    await clock.advance(150);
    expect(log).toEqual(['a@4000', 'a@4100']);
    await keys.stop();
  });

  it.each(['never', 'after-change'] as const)(
    'leaves a key that failed with retry %s until it is added again',
    async (retry) => {
      const failed: string[] = [];
      const keys = queue({
        run: async () => Promise.reject(new FlotillaError('refused', { code: 'FLO2007', retry })),
        onFailure: (key, error) => failed.push(`${key} ${error.code}`),
      });
      keys.add('a');
      await clock.advance(1_000_000);
      expect(failed).toEqual(['a FLO2007']);
      keys.add('a');
      await clock.advance(0);
      expect(failed).toHaveLength(2);
    },
  );

  it('runs a key again when its run asks for it', async () => {
    let runs = 0;
    const keys = queue({ run: async () => ((runs += 1) < 3 ? { requeueAfterMs: 1000 } : undefined) });
    keys.add('a');
    await clock.advance(0);
    await clock.advance(10_000);
    expect(runs).toBe(3);
    expect(clock.pending).toBe(0);
  });

  it('tells its depth and its times', async () => {
    const numbers: RunNumbers[] = [];
    let depth = (): number => 0;
    let isFollowed = true;
    const keys = queue({
      metrics: {
        countAdd: () => undefined,
        countRetry: () => undefined,
        observeRun: (_name, run) => numbers.push(run),
        followDepth: (_name, ask) => {
          depth = ask;
          return () => (isFollowed = false);
        },
      },
    });
    keys.add('a');
    keys.add('b');
    keys.add('later', { afterMs: 60_000 });
    await clock.advance(2000);
    expect(keys.numbers).toEqual({ waiting: 1, running: 1, delayed: 1, oldestWaitMs: 2000 });
    expect(depth()).toBe(1);
    await finish('a');
    await clock.advance(500);
    await finish('b');
    expect(numbers).toEqual([
      { waitedMs: 0, tookMs: 2000, succeeded: true },
      { waitedMs: 2000, tookMs: 500, succeeded: true },
    ]);
    await keys.stop();
    expect(isFollowed).toBe(false);
  });

  it('stops: aborts what runs, waits for it, starts nothing more', async () => {
    let aborted = false;
    const keys = queue({
      run: (key, signal) =>
        new Promise((resolve) => {
          log.push(key);
          signal.addEventListener('abort', () => {
            aborted = true;
            resolve();
          });
        }),
    });
    keys.add('a');
    keys.add('b');
    keys.add('c', { afterMs: 1000 });
    await keys.stop();
    keys.add('d');
    expect([aborted, log, clock.pending]).toEqual([true, ['a'], 0]);
  });

  it('loses nothing and never runs a key twice at once, whatever is added and whatever fails', async () => {
    const add = fc.record({
      key: fc.constantFrom('e/a', 'e/b', 'w/a', 'w/b', 'w/c'),
      priority: fc.constantFrom(-100, 0, 5),
      afterMs: fc.constantFrom(0, 0, 50, 400),
      thenMs: fc.constantFrom(0, 10, 100),
    });
    const run = fc.record({ tookMs: fc.constantFrom(0, 20, 300), fails: fc.boolean() });
    const cases = fc.record({
      adds: fc.array(add, { maxLength: 40 }),
      runs: fc.array(run, { maxLength: 30 }),
      concurrency: fc.integer({ min: 1, max: 3 }),
      groupConcurrency: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ adds, runs, concurrency, groupConcurrency }) => {
        clock = new ManualClock();
        const running = new Set<string>();
        /** What a run of each key has seen, against the number of the last add. */
        const seen = new Map<string, number>();
        let wanted = new Map<string, number>();
        const left = [...runs];
        const keys = queue({
          ...{ concurrency, groupConcurrency, groupOf: (key: string) => key.split('/')[0]! },
          run: async (key) => {
            expect(running.has(key)).toBe(false);
            running.add(key);
            expect(running.size).toBeLessThanOrEqual(concurrency);
            const sees = wanted.get(key)!;
            const { tookMs, fails } = left.shift() ?? { tookMs: 0, fails: false };
            await new Promise<void>((resolve) => clock.after(tookMs, resolve));
            running.delete(key);
            if (fails) throw new Error('not yet');
            seen.set(key, sees);
          },
        });
        for (const [number, { key, priority, afterMs, thenMs }] of adds.entries()) {
          wanted = new Map(wanted).set(key, number);
          keys.add(key, { priority, afterMs });
          await clock.advance(thenMs);
        }
        await clock.advance(600_000);
        expect(seen).toEqual(wanted);
        expect(keys.numbers).toEqual({ waiting: 0, running: 0, delayed: 0, oldestWaitMs: 0 });
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
