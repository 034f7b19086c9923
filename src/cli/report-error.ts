import { toFlotillaError } from '../kernel';

/** Prints what went wrong and what to do about it, without a stack trace, and ends with exit code 1. */
export function reportAndExit(cause: unknown): never {
  const { code, message, hint } = toFlotillaError(cause);
  process.stderr.write(`flotilla: ${message} [${code}]\n${hint === undefined ? '' : `hint: ${hint}\n`}`);
  if (process.env.FLOTILLA_DEBUG === '1' && cause instanceof Error) process.stderr.write(`${cause.stack ?? ''}\n`);
  process.exit(1);
}
