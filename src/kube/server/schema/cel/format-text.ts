import {
  CelDuration,
  CelError,
  CelOpaque,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  isCelList,
  isCelMap,
  typeName,
} from './cel-value';
import { formatDouble } from './number-functions';
import { formatDuration, formatTimestamp } from './time-functions';

/**
 * The strings extension's `format`: `%s`, `%d`, `%f`, `%e`, `%b`, `%x`, `%X`, `%o` with precision.
 * @throws CelError when clauses and arguments do not fit
 */
export function formatText(template: string, values: readonly unknown[]): string {
  let next = 0;
  const text = template.replace(/%(?:%|(?:\.(\d+))?(.))/gs, (clause: string, precision?: string, verb?: string) => {
    if (clause === '%%') return '%';
    if (next >= values.length) throw new CelError(`index ${next} out of range`);
    const value = values[next];
    next += 1;
    return formatClause(verb ?? '', value, precision === undefined ? undefined : Number(precision));
  });
  return text;
}

function formatClause(verb: string, value: unknown, precision: number | undefined): string {
  switch (verb) {
    case 's':
      return showValue(value);
    case 'd':
      return integer(value, verb).toString();
    case 'f':
      return fixed(value, precision ?? 6);
    case 'e':
      return double(value)
        .toExponential(precision ?? 6)
        .replace(/e([+-])(\d)$/, 'e$10$2');
    case 'b':
      return typeof value === 'boolean' ? (value ? '1' : '0') : integer(value, verb).toString(2);
    case 'o':
      return integer(value, verb).toString(8);
    case 'x':
      return hexadecimal(value);
    case 'X':
      return hexadecimal(value).toUpperCase();
    default:
      throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
  }
}

function integer(value: unknown, verb: string): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof CelUint) return value.value;
  throw new CelError(
    `error during formatting: ${verb === 'd' ? 'decimal' : 'integer'} clause can only be used on integers, was given ${typeName(value)}`,
  );
}

function double(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof CelUint) return Number(value.value);
  throw new CelError(
    `error during formatting: fixed-point clause can only be used on doubles, was given ${typeName(value)}`,
  );
}

function fixed(value: unknown, precision: number): string {
  const number = double(value);
  return Number.isFinite(number)
    ? number.toFixed(Math.min(precision, 100))
    : formatDouble(number).replace('+Inf', 'Infinity').replace('-Inf', '-Infinity');
}

function hexadecimal(value: unknown): string {
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return integer(value, 'x').toString(16);
}

/** A value as `%s` and messages show it. */
export function showValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatDouble(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value === null) return 'null';
  if (isCelList(value)) return `[${value.map(showValue).join(', ')}]`;
  if (isCelMap(value)) return showMap(value);
  return showObject(value);
}

function showMap(map: ReadonlyMap<unknown, unknown>): string {
  const entries = [...map].map(([key, value]) => [showValue(key), showValue(value)] as const);
  entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, value]) => `${key}: ${value}`).join(', ')}}`;
}

function showObject(value: unknown): string {
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof CelDuration) return formatDuration(value);
  if (value instanceof CelTimestamp) return formatTimestamp(value);
  if (value instanceof CelTypeValue) return value.name;
  if (value instanceof CelOpaque) return value.text;
  return value instanceof Uint8Array ? Buffer.from(value).toString() : typeName(value);
}
