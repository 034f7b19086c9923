import { type Logger as PinoLogger, destination, pino } from 'pino';
import { FlotillaError, type LogFields, type Logger } from '../kernel';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * The process's log: JSON lines on stderr, so that stdout stays for output; level from FLOTILLA_LOG_LEVEL, default info.
 * @throws FlotillaError FLO3075 for a level that there is not
 */
export function createProcessLogger(fields: LogFields): Logger {
  const level = process.env.FLOTILLA_LOG_LEVEL ?? 'info';
  if (!LEVELS.includes(level)) {
    throw new FlotillaError(`FLOTILLA_LOG_LEVEL is "${level}", which is no level`, {
      code: 'FLO3075',
      retry: 'after-change',
      hint: `write one of ${LEVELS.join(', ')}`,
    });
  }
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
