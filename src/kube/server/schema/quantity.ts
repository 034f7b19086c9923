/** An exact decimal: `value` × 10^-`scale`. */
interface Decimal {
  readonly value: bigint;
  readonly scale: number;
}

type Format = 'binary' | 'decimal' | 'exponent';

/** A Kubernetes quantity (`500m`, `1.5Gi`, `3e6`): its exact amount and the family of suffixes it was written with. */
export interface Quantity {
  readonly amount: Decimal;
  readonly format: Format;
}

const SYNTAX = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))([eE][+-]?\d+|[KMGTPE]i|[numkMGTPE]|)$/;
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
/** Finer parts than nano are rounded up, as Kubernetes does. */
const FINEST_SCALE = 9;

/** Reads a quantity; `undefined` when the text is none. */
export function parseQuantity(text: string): Quantity | undefined {
  const [, number, suffix] = SYNTAX.exec(text) ?? [];
  if (number === undefined || suffix === undefined) return undefined;
  const plain = parseDecimal(number);
  const binary = BINARY.indexOf(suffix);
  if (binary >= 0) return quantity({ ...plain, value: plain.value * 1024n ** BigInt(binary + 1) }, 'binary');
  // A bare `E` is exa.
  const exponent = /^[eE]./.test(suffix) ? Number(suffix.slice(1)) : undefined;
  const power = exponent ?? DECIMAL[suffix] ?? 0;
  return Math.abs(power) > 100
    ? undefined
    : quantity(shift(plain, power), exponent === undefined ? 'decimal' : 'exponent');
}

function parseDecimal(number: string): Decimal {
  const [whole = '', fraction = ''] = number.split('.');
  return {
    value: BigInt(`${whole === '+' || whole === '-' ? `${whole}0` : whole || '0'}${fraction}`.replace(/^\+/, '')),
    scale: fraction.length,
  };
}

function shift({ value, scale }: Decimal, power: number): Decimal {
  const next = scale - power;
  return next >= 0 ? { value, scale: next } : { value: value * 10n ** BigInt(-next), scale: 0 };
}

function quantity(amount: Decimal, format: Format): Quantity {
  return { amount: roundUp(normalize(amount)), format };
}

function normalize({ value, scale }: Decimal): Decimal {
  let [digits, places] = [value, scale];
  while (places > 0 && digits % 10n === 0n) [digits, places] = [digits / 10n, places - 1];
  return { value: digits, scale: places };
}

function roundUp({ value, scale }: Decimal): Decimal {
  if (scale <= FINEST_SCALE) return { value, scale };
  const divisor = 10n ** BigInt(scale - FINEST_SCALE);
  const away = value % divisor === 0n ? 0n : value < 0n ? -1n : 1n;
  return normalize({ value: value / divisor + away, scale: FINEST_SCALE });
}

function align(left: Decimal, right: Decimal): readonly [bigint, bigint, number] {
  const scale = Math.max(left.scale, right.scale);
  return [left.value * 10n ** BigInt(scale - left.scale), right.value * 10n ** BigInt(scale - right.scale), scale];
}

/** Negative, zero or positive, as the left quantity is less than, equal to or greater than the right one. */
export function compareQuantities(left: Quantity, right: Quantity): number {
  const [first, second] = align(left.amount, right.amount);
  return first < second ? -1 : first > second ? 1 : 0;
}

/** The sum, in the left quantity's format. */
export function addQuantities(left: Quantity, right: Quantity): Quantity {
  const [first, second, scale] = align(left.amount, right.amount);
  return quantity({ value: first + second, scale }, left.format);
}

/** The difference, in the left quantity's format. */
export function subtractQuantities(left: Quantity, right: Quantity): Quantity {
  const { value, scale } = right.amount;
  return addQuantities(left, { ...right, amount: { value: -value, scale } });
}

/** A whole number as a quantity. */
export function quantityOf(value: bigint): Quantity {
  return { amount: { value, scale: 0 }, format: 'decimal' };
}

/** The amount as a whole number, or `undefined` when it has a fraction or does not fit 64 bits. */
export function quantityToInteger({ amount: { value, scale } }: Quantity): bigint | undefined {
  return scale === 0 && BigInt.asIntN(64, value) === value ? value : undefined;
}

/** The amount as a floating-point number, perhaps inexact. */
export function quantityToNumber({ amount: { value, scale } }: Quantity): number {
  return Number(value) / 10 ** scale;
}

/** Writes a quantity canonically: no fraction, the largest suffix that allows it, the family kept. */
export function formatQuantity({ amount, format }: Quantity): string {
  const { value, scale } = amount;
  if (value === 0n) return '0';
  if (format === 'binary' && scale === 0 && (value >= 1024n || value <= -1024n)) return formatBinary(value);
  return formatDecimal(amount, format === 'exponent');
}

function formatBinary(value: bigint): string {
  let [digits, index] = [value, -1];
  while (digits % 1024n === 0n && index < BINARY.length - 1) [digits, index] = [digits / 1024n, index + 1];
  return `${digits}${BINARY[index] ?? ''}`;
}

function formatDecimal({ value, scale }: Decimal, exponent: boolean): string {
  const raised = Math.ceil(scale / 3) * 3;
  let digits = value * 10n ** BigInt(raised - scale);
  let power = -raised;
  while (digits % 1000n === 0n && power < 18) [digits, power] = [digits / 1000n, power + 3];
  if (exponent) return power === 0 ? `${digits}` : `${digits}e${power}`;
  const suffix = Object.entries(DECIMAL).find(([, candidate]) => candidate === power)?.[0] ?? '';
  return `${digits}${suffix}`;
}
