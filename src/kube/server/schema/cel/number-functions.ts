import { celCompare, CelError, CelUint } from './cel-value';
import { declare, type Overload } from './overload';

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;
const UINT_MAX = 2n ** 64n - 1n;

/** @throws CelError when the value does not fit 64 bits */
export function asInt(value: bigint): bigint {
  if (value < INT_MIN || value > INT_MAX) throw new CelError('integer overflow');
  return value;
}

function asUint(value: bigint): CelUint {
  if (value < 0n || value > UINT_MAX) throw new CelError('unsigned integer overflow');
  return new CelUint(value);
}

function nonZero(value: bigint, operation: string): bigint {
  if (value === 0n) throw new CelError(operation === '%' ? 'modulus by zero' : 'division by zero');
  return value;
}

const operators: Readonly<Record<string, (left: bigint, right: bigint) => bigint>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / nonZero(right, '/'),
  '%': (left, right) => left % nonZero(right, '%'),
};

const doubles: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};

const integerArithmetic = Object.entries(operators).flatMap(([name, apply]) => [
  declare(`_${name}_(int, int): int`, (left: bigint, right: bigint) => asInt(apply(left, right))),
  declare(`_${name}_(uint, uint): uint`, (left: CelUint, right: CelUint) => asUint(apply(left.value, right.value))),
]);

const doubleArithmetic = Object.entries(doubles).map(([name, apply]) =>
  declare(`_${name}_(double, double): double`, apply),
);

/** Types that have an order, and number types that compare with one another. */
const ordered = ['bool', 'string', 'bytes', 'timestamp', 'duration'].map((type) => [type, type] as const);
const numbers = ['int', 'uint', 'double'];
const crossed = numbers.flatMap((left) => numbers.map((right) => [left, right] as const));

const relations: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

const comparisons = Object.entries(relations).flatMap(([name, holds]) =>
  [...ordered, ...crossed].map(([left, right]) =>
    declare(`_${name}_(${left}, ${right}): bool`, (first: unknown, second: unknown) => {
      const order = celCompare(first, second);
      if (order === undefined) throw new CelError('no such overload');
      return holds(order);
    }),
  ),
);

function parseInteger(text: string, type: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) {
    throw new CelError(`strconv.Parse${type}: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return BigInt(text);
}

function integerOf(value: number): bigint {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) throw new CelError('integer overflow');
  return BigInt(Math.trunc(value));
}

function parseDouble(text: string): number {
  const special: Readonly<Record<string, number>> = { inf: Infinity, infinity: Infinity, nan: Number.NaN };
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  const known = special[rest.toLowerCase()];
  if (known !== undefined) return sign === '-' ? -known : known;
  if (/^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(rest)) return Number(text);
  throw new CelError(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function parseBool(text: string): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  throw new CelError(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** A floating-point number as Go prints it. */
export function formatDouble(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

const conversions = [
  declare('int(int): int', (value: bigint) => value),
  declare('int(uint): int', (value: CelUint) => asInt(value.value)),
  declare('int(double): int', integerOf),
  declare('int(string): int', (text: string) => asInt(parseInteger(text, 'Int'))),
  declare('uint(uint): uint', (value: CelUint) => value),
  declare('uint(int): uint', asUint),
  declare('uint(double): uint', (value: number) => asUint(integerOf(value))),
  declare('uint(string): uint', (text: string) => asUint(parseInteger(text, 'Uint'))),
  declare('double(double): double', (value: number) => value),
  declare('double(int): double', Number),
  declare('double(uint): double', (value: CelUint) => Number(value.value)),
  declare('double(string): double', parseDouble),
  declare('bool(bool): bool', (value: boolean) => value),
  declare('bool(string): bool', parseBool),
];

/** Arithmetic, order and conversion of numbers and booleans. */
export const numberFunctions: readonly Overload[] = [
  ...integerArithmetic,
  ...doubleArithmetic,
  ...comparisons,
  ...conversions,
  declare('!_(bool): bool', (value: boolean) => !value),
  declare('-_(int): int', (value: bigint) => asInt(-value)),
  declare('-_(double): double', (value: number) => -value),
];
