import { type Logger as PinoLogger, destination, pino } from 'pino';
import type { LogFields, Logger } from '../kernel';

/** The process's log: JSON lines on stderr, so that stdout stays for output; level from FLOTILLA_LOG_LEVEL, default info. */
export function createProcessLogger(fields: LogFields): Logger {
  const level = process.env.FLOTILLA_LOG_LEVEL ?? 'info';
  return wrap(
    pino({ level, base: fields, redact: ['token', 'key', 'password', 'secret'] }, destination({ fd: 2, sync: true })),
  );
}

function wrap(target: PinoLogger): Logger {
  return {
    debug: (message, fields) => target.debug(fields ?? {}, message),
    info: (message, fields) => target.info(fields ?? {}, message),
    warn: (message, fields) => target.warn(fields ?? {}, message),
    error: (message, fields) => target.error(fields ?? {}, message),
    child: (fields) => wrap(target.child(fields)),
  };
}
