import { connect } from 'node:net';
import type { ProbeOutcome } from './health-state';

/** One place to probe. */
export interface ProbeTarget {
  readonly address: string;
  readonly port: number;
}

/** Tries one target; settles with an outcome, never with an error, and soon after the signal aborts. */
export type Probe = (target: ProbeTarget, timeoutMs: number, signal: AbortSignal) => Promise<ProbeOutcome>;

/** Opens a TCP connection and closes it again: whether something listens, as a load balancer checks it. */
export const probeByTcp: Probe = ({ address, port }, timeoutMs, signal) =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (outcome: ProbeOutcome): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(outcome);
    };
    const abort = (): void => end({ ok: false, message: 'the probe was ended' });
    signal.addEventListener('abort', abort, { once: true });
    socket.setTimeout(timeoutMs);
    socket.once('connect', () => end({ ok: true }));
    socket.once('timeout', () => end({ ok: false, message: `no connection to ${address}:${port} in ${timeoutMs} ms` }));
    socket.once('error', (error) => end({ ok: false, message: `connecting to ${address}:${port}: ${error.message}` }));
    if (signal.aborted) abort();
  });
