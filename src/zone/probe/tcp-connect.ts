import { connect } from 'node:net';
import type { ProbeOutcome } from './health-state';
import { hostAndPort, type Probe } from './probe-target';

/** Opens a TCP connection and closes it again: whether something listens, as a load balancer checks it. */
export const probeByTcp: Probe = (target, timeoutMs, signal) =>
  new Promise((resolve) => {
    const { address, port } = target;
    const where = hostAndPort(target);
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
    socket.once('timeout', () => end({ ok: false, message: `no connection to ${where} in ${timeoutMs} ms` }));
    socket.once('error', (error) => end({ ok: false, message: `connecting to ${where}: ${error.message}` }));
    if (signal.aborted) abort();
  });
