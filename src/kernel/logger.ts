/** Fields of one log line. Never secrets, never whole objects. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Structured log: a constant message and fields. `info` is for changes of state, one line a change. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Logger;
}

/** Injection token of the process's logger. */
export const LOGGER = Symbol('Logger');

/** Says nothing: for tests and pure command-line use. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
