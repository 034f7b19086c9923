import { CelDuration, CelError, CelTimestamp } from './cel-value';
import { declare, type Overload } from './overload';

const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;

const UNITS: Readonly<Record<string, bigint>> = {
  h: HOUR,
  m: MINUTE,
  s: SECOND,
  ms: 1_000_000n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ns: 1n,
};

const PART = /(\d+(?:\.\d*)?|\.\d+)(h|ms|us|µs|μs|ns|m|s)/y;

/** Reads a Go duration (`1h30m`, `-1.5s`); `undefined` when the text is none. */
export function parseDuration(text: string): CelDuration | undefined {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return new CelDuration(0n);
  let total = 0n;
  let position = 0;
  while (position < rest.length) {
    PART.lastIndex = position;
    const [whole, amount = '', unit = ''] = PART.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    total += scaled(amount, UNITS[unit] ?? 0n);
    position += whole.length;
  }
  return rest === '' ? undefined : new CelDuration(sign === '-' ? -total : total);
}

function scaled(amount: string, unit: bigint): bigint {
  const [whole = '', fraction = ''] = amount.split('.');
  const digits = BigInt(`${whole}${fraction}` || '0');
  return (digits * unit) / 10n ** BigInt(fraction.length);
}

/** A duration as CEL prints it: seconds. */
export function formatDuration({ nanoseconds }: CelDuration): string {
  const [sign, rest] = nanoseconds < 0n ? ['-', -nanoseconds] : ['', nanoseconds];
  return `${sign}${decimal(rest)}s`;
}

function decimal(nanoseconds: bigint): string {
  const fraction = (nanoseconds % SECOND).toString().padStart(9, '0').replace(/0+$/, '');
  const seconds = nanoseconds / SECOND;
  return fraction === '' ? `${seconds}` : `${seconds}.${fraction}`;
}

const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** Reads an RFC 3339 time; `undefined` when the text is none. */
export function parseTimestamp(text: string): CelTimestamp | undefined {
  const [, date, time, fraction = '', zone = 'Z'] = RFC3339.exec(text) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const epochMs = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(epochMs)) return undefined;
  return new CelTimestamp(BigInt(epochMs) * 1_000_000n + BigInt(fraction.padEnd(9, '0')));
}

/** A time as CEL prints it. */
export function formatTimestamp({ nanoseconds }: CelTimestamp): string {
  const below = ((nanoseconds % SECOND) + SECOND) % SECOND;
  const whole = new Date(Number((nanoseconds - below) / 1_000_000n)).toISOString().slice(0, 19);
  const fraction = below.toString().padStart(9, '0').replace(/0+$/, '');
  return `${whole}${fraction === '' ? '' : `.${fraction}`}Z`;
}

function required<Value>(value: Value | undefined, message: string): Value {
  if (value === undefined) throw new CelError(message);
  return value;
}

const duration = (text: string): CelDuration =>
  required(parseDuration(text), `time: invalid duration ${JSON.stringify(text)}`);

const timestamp = (text: string): CelTimestamp =>
  required(parseTimestamp(text), `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse`);

/** The calendar of a time in a zone: an offset (`+02:00`), UTC, or an IANA name. */
function calendar({ nanoseconds }: CelTimestamp, zone: string): Date {
  const below = ((nanoseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const epochMs = Number((nanoseconds - below) / 1_000_000n);
  const offset = /^([+-]?)(\d{2}):(\d{2})$/.exec(zone);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return new Date(epochMs + (offset[1] === '-' ? -minutes : minutes) * 60_000);
  }
  return new Date(epochMs + zoneOffsetMs(epochMs, zone));
}

function zoneOffsetMs(epochMs: number, zone: string): number {
  if (zone === 'UTC' || zone === '') return 0;
  try {
    const options = {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    } as const;
    const parts = new Intl.DateTimeFormat('en-US', options).formatToParts(epochMs);
    const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return local - Math.floor(epochMs / 1000) * 1000;
  } catch {
    throw new CelError(`unknown time zone ${zone}`);
  }
}

const DAY_MS = 86_400_000;

const calendarParts: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: (date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
};

const calendarFunctions = Object.entries(calendarParts).flatMap(([name, read]) => [
  declare(`timestamp.${name}(): int`, (time: CelTimestamp) => BigInt(read(calendar(time, 'UTC')))),
  declare(`timestamp.${name}(string): int`, (time: CelTimestamp, zone: string) => BigInt(read(calendar(time, zone)))),
]);

const add = (left: { readonly nanoseconds: bigint }, right: { readonly nanoseconds: bigint }): bigint =>
  left.nanoseconds + right.nanoseconds;
const subtract = (left: { readonly nanoseconds: bigint }, right: { readonly nanoseconds: bigint }): bigint =>
  left.nanoseconds - right.nanoseconds;

/** Times and durations. */
export const timeFunctions: readonly Overload[] = [
  declare('timestamp(string): timestamp', timestamp),
  declare('timestamp(int): timestamp', (seconds: bigint) => new CelTimestamp(seconds * SECOND)),
  declare('timestamp(timestamp): timestamp', (value: CelTimestamp) => value),
  declare('duration(string): duration', duration),
  declare('duration(duration): duration', (value: CelDuration) => value),
  declare('string(timestamp): string', formatTimestamp),
  declare('string(duration): string', formatDuration),
  declare('int(timestamp): int', (time: CelTimestamp) => time.nanoseconds / SECOND),
  declare(
    '_+_(duration, duration): duration',
    (left: CelDuration, right: CelDuration) => new CelDuration(add(left, right)),
  ),
  declare(
    '_+_(timestamp, duration): timestamp',
    (left: CelTimestamp, right: CelDuration) => new CelTimestamp(add(left, right)),
  ),
  declare(
    '_+_(duration, timestamp): timestamp',
    (left: CelDuration, right: CelTimestamp) => new CelTimestamp(add(left, right)),
  ),
  declare(
    '_-_(duration, duration): duration',
    (left: CelDuration, right: CelDuration) => new CelDuration(subtract(left, right)),
  ),
  declare(
    '_-_(timestamp, duration): timestamp',
    (left: CelTimestamp, right: CelDuration) => new CelTimestamp(subtract(left, right)),
  ),
  declare(
    '_-_(timestamp, timestamp): duration',
    (left: CelTimestamp, right: CelTimestamp) => new CelDuration(subtract(left, right)),
  ),
  declare('-_(duration): duration', ({ nanoseconds }: CelDuration) => new CelDuration(-nanoseconds)),
  declare('duration.getHours(): int', (value: CelDuration) => value.nanoseconds / HOUR),
  declare('duration.getMinutes(): int', (value: CelDuration) => value.nanoseconds / MINUTE),
  declare('duration.getSeconds(): int', (value: CelDuration) => value.nanoseconds / SECOND),
  declare('duration.getMilliseconds(): int', (value: CelDuration) => (value.nanoseconds / 1_000_000n) % 1000n),
  ...calendarFunctions,
];
