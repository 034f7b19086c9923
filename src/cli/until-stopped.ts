/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const onSignal = (signal: NodeJS.Signals): void => {
      process.once(signal, () => process.exit(130));
      resolve(signal);
    };
    process.once('SIGTERM', onSignal);
    process.once('SIGINT', onSignal);
  });
}

/** Tells a parent process where this one listens: one JSON line on stdout, `{"ready":true,…}`. */
export function announceReady(addresses: Readonly<Record<string, string | undefined>>): void {
  process.stdout.write(`${JSON.stringify({ ready: true, ...addresses })}\n`);
}
