import type { Readable } from 'node:stream';
import { type Clock, pause } from '../../kernel';
import { systemErrorCode } from './system-error';

const GRACE_MS = 2_000;
const CHECK_INTERVAL_MS = 50;

/** Sends a signal, or asks with 0 whether a process is there; false when it is not. */
export type SendSignal = (pid: number, signal: NodeJS.Signals | 0) => boolean;

/**
 * The body of the guard process: reads `+pid` and `-pid` lines until the pipe closes, then ends every process that is
 * still known: SIGTERM, and SIGKILL after 2 s.
 */
export async function guardProcesses(
  input: Readable,
  send: SendSignal = sendSignal,
  clock?: Pick<Clock, 'nowMs' | 'after'>,
): Promise<void> {
  const left = await collect(input);
  for (const pid of left) send(pid, 'SIGTERM');
  const time = clock ?? awakeClock;
  const deadlineMs = time.nowMs() + GRACE_MS;
  while ([...left].some((pid) => send(pid, 0)) && time.nowMs() < deadlineMs) await pause(time, CHECK_INTERVAL_MS);
  for (const pid of left) send(pid, 'SIGKILL');
}

async function collect(input: Readable): Promise<Set<number>> {
  const pids = new Set<number>();
  let rest = '';
  for await (const chunk of input) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const pid = Number(line.slice(1));
      if (line.startsWith('+')) pids.add(pid);
      else pids.delete(pid);
    }
  }
  return pids;
}

function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (cause) {
    // ESRCH: it has ended already, which is what is wanted. EPERM: the id belongs to somebody else by now.
    if (['ESRCH', 'EPERM'].includes(systemErrorCode(cause) ?? '')) return false;
    throw cause;
  }
}

/** A clock whose timers keep the process alive: the guard has nothing else that does. */
const awakeClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
