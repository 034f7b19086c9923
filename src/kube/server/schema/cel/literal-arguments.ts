import { compilePattern } from '../pattern';
import type { Expression } from './expression';
import { parseDuration, parseTimestamp } from './time-functions';

/** What is wrong with a text. */
type TextCheck = (text: string) => boolean;

const checks: Readonly<Record<string, TextCheck>> = {
  matches: (text) => !(compilePattern(text) instanceof Error),
  duration: (text) => parseDuration(text) !== undefined,
  timestamp: (text) => parseTimestamp(text) !== undefined,
};

/** Finds literal arguments that will always fail: patterns, durations and times that cannot be read. */
export function checkLiteral(
  name: string,
  args: readonly Expression[],
): { readonly position: number; readonly message: string } | undefined {
  const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
  const last = args.at(-1);
  if (check === undefined || last?.kind !== 'literal' || typeof last.value !== 'string' || check(last.value))
    return undefined;
  return { position: last.position, message: `invalid ${name} argument` };
}
