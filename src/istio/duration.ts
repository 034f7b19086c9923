import { FlotillaError } from '../kernel';

const UNIT_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 0.000001,
};
const FORM = /^([0-9]+(\.[0-9]*)?(h|m|s|ms|us|µs|ns))+$/;
const PART = /([0-9]+(?:\.[0-9]*)?)(h|ms|m|s|us|µs|ns)/g;

/** The pattern of a duration in Istio's objects, as Go writes them: `750ms`, `1h30m`. */
export const DURATION_PATTERN = '^0$|^([0-9]+(\\.[0-9]*)?(h|m|s|ms|us|ns))+$';

/** Reads a duration (`1.5s`, `2h`, `0`) into milliseconds. @throws FlotillaError FLO4001 when it is not one. */
export function parseDurationMs(text: string): number {
  if (text === '0') return 0;
  if (!FORM.test(text)) {
    throw new FlotillaError(`"${text}" is not a duration`, {
      code: 'FLO4001',
      retry: 'after-change',
      hint: 'write a number and a unit, for example 750ms, 10s or 1h30m',
    });
  }
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  return total;
}
