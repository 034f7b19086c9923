import { type CelType, parseType, splitTypes } from './cel-type';
import {
  CelDuration,
  CelOpaque,
  CelOptional,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  isCelList,
  isCelMap,
} from './cel-value';
import type { Budget } from './budget';

/** What a function does. Arguments match its types; a target comes first. @throws CelError */
export type Implementation = (args: readonly unknown[], budget: Budget) => unknown;

/** One signature of a function. */
export interface Overload {
  readonly name: string;
  /** Called as `target.name(…)`; the target is the first parameter. */
  readonly member: boolean;
  readonly parameters: readonly CelType[];
  readonly result: CelType;
  readonly run: Implementation;
}

/**
 * Declares a function: `string.startsWith(string): bool` for a member, `size(string): int` for a global one,
 * `sets.contains(list<A>, list<A>): bool` for one in a namespace (its name holds the dot).
 */
export function declare(signature: string, run: (...args: never[]) => unknown): Overload {
  return declareCounted(signature, (_budget, ...args) => run(...args));
}

/** As {@link declare}, for a function whose work grows with its arguments: it charges the budget itself. */
export function declareCounted(signature: string, run: (budget: Budget, ...args: never[]) => unknown): Overload {
  const parts = /^(?:(.+)\.)?([\w@?:!+\-*/%<>=&|]+)\((.*)\)\s*:\s*(.+)$/.exec(signature);
  const [, target, name = '', parameters = '', result = 'dyn'] = parts ?? [];
  const spaced =
    target !== undefined &&
    /^(optional|sets|format|lists|ip|semver|strings)$/.test(target) &&
    !signature.includes(`${target}<`);
  const member = target !== undefined && !spaced;
  const types = splitTypes(parameters).map(parseType);
  return {
    name: spaced ? `${target}.${name}` : name,
    member,
    parameters: member ? [parseType(target), ...types] : types,
    result: parseType(result),
    run: (args, budget) => run(budget, ...(args as never[])),
  };
}

/** Does a run-time value fit a parameter? */
export function fits(value: unknown, type: CelType): boolean {
  switch (type.kind) {
    case 'dyn':
    case 'param':
      return true;
    case 'list':
      return isCelList(value);
    case 'map':
    case 'object':
      return isCelMap(value);
    case 'optional':
      return value instanceof CelOptional;
    case 'opaque':
      return value instanceof CelOpaque && value.typeName === type.name;
    default:
      return simpleChecks[type.kind](value);
  }
}

const simpleChecks = {
  bool: (value: unknown) => typeof value === 'boolean',
  int: (value: unknown) => typeof value === 'bigint',
  uint: (value: unknown) => value instanceof CelUint,
  double: (value: unknown) => typeof value === 'number',
  string: (value: unknown) => typeof value === 'string',
  bytes: (value: unknown) => value instanceof Uint8Array,
  null: (value: unknown) => value === null,
  timestamp: (value: unknown) => value instanceof CelTimestamp,
  duration: (value: unknown) => value instanceof CelDuration,
  type: (value: unknown) => value instanceof CelTypeValue,
};

/** Overloads by name, members and global functions apart. */
export type FunctionTable = ReadonlyMap<string, readonly Overload[]>;

/** The key of a function in the table. */
export function functionKey(name: string, member: boolean): string {
  return member ? `.${name}` : name;
}

/** Makes a table of declarations. */
export function tableOf(overloads: readonly Overload[]): FunctionTable {
  const table = new Map<string, Overload[]>();
  for (const overload of overloads) {
    const key = functionKey(overload.name, overload.member);
    const group = table.get(key);
    if (group === undefined) table.set(key, [overload]);
    else group.push(overload);
  }
  return table;
}
