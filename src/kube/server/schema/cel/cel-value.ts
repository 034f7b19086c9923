/** An unsigned integer. */
export class CelUint {
  constructor(readonly value: bigint) {}
}

/** A span of time, exact to the nanosecond. */
export class CelDuration {
  constructor(readonly nanoseconds: bigint) {}
}

/** A point in time, nanoseconds since the epoch. */
export class CelTimestamp {
  constructor(readonly nanoseconds: bigint) {}
}

/** A value or none. */
export class CelOptional {
  private constructor(private readonly held: readonly unknown[]) {}

  static readonly none = new CelOptional([]);

  static of(value: unknown): CelOptional {
    return new CelOptional([value]);
  }

  get hasValue(): boolean {
    return this.held.length > 0;
  }

  get value(): unknown {
    return this.held[0];
  }
}

/** A type as a value: what `type(x)` gives. */
export class CelTypeValue {
  constructor(readonly name: string) {}
}

/** A value of a Kubernetes library type (`kubernetes.URL`): its content, printed by its text and compared by its identity. */
export class CelOpaque<Content = unknown> {
  constructor(
    readonly typeName: string,
    readonly content: Content,
    readonly text: string,
    /** The same for values that are equal, however they were written. */
    readonly identity: string = text,
  ) {}
}

/** A map or object. Keys are CEL values of simple types. */
export type CelMap = ReadonlyMap<unknown, unknown>;

const LIST_IDENTITY = Symbol('list identity');

/** A list whose items have an identity (`x-kubernetes-list-type`): order does not matter when such lists are compared. */
export interface ListIdentity {
  readonly keyOf: (item: unknown) => string;
}

interface IdentifiedList extends Array<unknown> {
  [LIST_IDENTITY]?: ListIdentity;
}

/** Marks a list as one whose items have an identity. */
export function withIdentity(items: unknown[], identity: ListIdentity): readonly unknown[] {
  const list: IdentifiedList = items;
  list[LIST_IDENTITY] = identity;
  return list;
}

/** How items of a list are told apart; `undefined` for plain lists. */
export function identityOf(list: readonly unknown[]): ListIdentity | undefined {
  return (list as IdentifiedList)[LIST_IDENTITY];
}

/** A fault of an expression while it runs: no such key, division by zero… `&&`, `||` and the quantifiers may absorb it. */
export class CelError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CelError';
  }
}

/** The expression did more work than it may. Nothing absorbs it. */
export class CelCostError extends Error {
  constructor() {
    super('operation cancelled: actual cost limit exceeded');
    this.name = 'CelCostError';
  }
}

/** The name of a value's type. */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    default:
      return objectTypeName(value);
  }
}

function objectTypeName(value: unknown): string {
  if (value === null || value === undefined) return 'null_type';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Map) return 'map';
  if (value instanceof CelUint) return 'uint';
  if (value instanceof CelDuration) return 'google.protobuf.Duration';
  if (value instanceof CelTimestamp) return 'google.protobuf.Timestamp';
  if (value instanceof CelOptional) return 'optional_type';
  if (value instanceof CelTypeValue) return 'type';
  if (value instanceof CelOpaque) return value.typeName;
  return 'bytes';
}

/** Is the value a list? */
export function isCelList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Is the value a map or an object? */
export function isCelMap(value: unknown): value is CelMap {
  return value instanceof Map;
}

function numberOf(value: unknown): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof CelUint ? value.value : undefined;
}

/** CEL's equality: numbers across their types, lists and maps by content, values of different types are unequal. */
export function celEqual(left: unknown, right: unknown): boolean {
  const [first, second] = [numberOf(left), numberOf(right)];
  // Loose equality is exact between bigint and number.
  if (first !== undefined && second !== undefined) return compareNumbers(first, second) === 0;
  if (isCelList(left) && isCelList(right)) return listsEqual(left, right);
  if (isCelMap(left) && isCelMap(right)) return mapsEqual(left, right);
  if (left instanceof CelOptional && right instanceof CelOptional) {
    return left.hasValue === right.hasValue && (!left.hasValue || celEqual(left.value, right.value));
  }
  return left === right || simpleEqual(left, right);
}

function simpleEqual(left: unknown, right: unknown): boolean {
  if (left instanceof CelDuration && right instanceof CelDuration) return left.nanoseconds === right.nanoseconds;
  if (left instanceof CelTimestamp && right instanceof CelTimestamp) return left.nanoseconds === right.nanoseconds;
  if (left instanceof CelTypeValue && right instanceof CelTypeValue) return left.name === right.name;
  if (left instanceof CelOpaque && right instanceof CelOpaque) {
    return left.typeName === right.typeName && left.identity === right.identity;
  }
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right) === 0;
  return false;
}

function listsEqual(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false;
  const identity = identityOf(left) ?? identityOf(right);
  if (identity === undefined) return left.every((item, index) => celEqual(item, right[index]));
  const others = new Map(right.map((item) => [identity.keyOf(item), item]));
  return left.every((item) => {
    const key = identity.keyOf(item);
    return others.has(key) && celEqual(item, others.get(key));
  });
}

function mapsEqual(left: CelMap, right: CelMap): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) {
    if (!right.has(key) || !celEqual(value, right.get(key))) return false;
  }
  return true;
}

function compareNumbers(left: bigint | number, right: bigint | number): number {
  if (left < right) return -1;
  return left > right ? 1 : left === left && right === right ? 0 : Number.NaN;
}

/** Negative, zero or positive by CEL's order; `undefined` when the values have none. */
export function celCompare(left: unknown, right: unknown): number | undefined {
  const [first, second] = [numberOf(left), numberOf(right)];
  if (first !== undefined && second !== undefined) return compareNumbers(first, second);
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof CelDuration && right instanceof CelDuration)
    return compareNumbers(left.nanoseconds, right.nanoseconds);
  if (left instanceof CelTimestamp && right instanceof CelTimestamp)
    return compareNumbers(left.nanoseconds, right.nanoseconds);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  return undefined;
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  const [first, second] = [Buffer.from(left), Buffer.from(right)];
  return Buffer.compare(first, second);
}
