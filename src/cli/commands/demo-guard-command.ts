import { guardProcesses } from '../../demo/process';

/** Ends the processes that it is told about on stdin, once stdin closes. Signals that end its parent are not for it. */
export async function run(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => undefined);
  await guardProcesses(process.stdin);
}
