import { PassThrough } from 'node:stream';
import { ManualClock } from '../../kernel';
import { guardProcesses, type SendSignal } from './guard-processes';

describe('guardProcesses', () => {
  it('does nothing while the pipe is open, then ends what is left, the stubborn by force', async () => {
    const sent: string[] = [];
    const stubborn = 3;
    const alive = new Set([1, 2, stubborn]);
    const send: SendSignal = (pid, signal) => {
      if (signal !== 0) sent.push(`${pid} ${signal}`);
      if (signal === 'SIGKILL' || (signal === 'SIGTERM' && pid !== stubborn)) alive.delete(pid);
      return alive.has(pid);
    };
    const input = new PassThrough();
    const clock = new ManualClock();
    const done = guardProcesses(input, send, clock);
    input.write('+1\n+2');
    input.write('\n+3\n-2\n');
    await clock.advance(60_000);
    expect(sent).toEqual([]);
    input.end();
    await clock.advance(1);
    expect(sent).toEqual(['1 SIGTERM', '3 SIGTERM']);
    await clock.advance(5_000);
    await done;
    expect(sent).toEqual(['1 SIGTERM', '3 SIGTERM', '1 SIGKILL', '3 SIGKILL']);
  });
});
