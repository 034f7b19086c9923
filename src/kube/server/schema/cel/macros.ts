import { celCompare, CelError, type CelMap, CelOptional, isCelList, isCelMap } from './cel-value';
import type { Expression, MacroExpression } from './expression';
import type { Scope } from './scope';

/** What macros need of an evaluation. */
export interface Runner {
  readonly budget: { spend(units: number): void };
  run(expression: Expression, scope: Scope<unknown> | undefined): unknown;
  runWith(expression: Expression, names: Readonly<Record<string, unknown>>, scope: Scope<unknown> | undefined): unknown;
}

type Outer = Scope<unknown> | undefined;

/** Names for one item: one variable is the item (of a map its key), two are index or key, and item. */
type Names = Readonly<Record<string, unknown>>;

/** Runs a macro over its range. @throws CelError */
export function runMacro(runner: Runner, macro: MacroExpression, scope: Outer): unknown {
  const range = runner.run(macro.range, scope);
  switch (macro.name) {
    case 'optMap':
    case 'optFlatMap':
      return runOptional(runner, macro, range, scope);
    case 'all':
    case 'exists':
      return quantify(runner, macro, range, scope);
    case 'exists_one':
      return items(macro, range).filter(({ names }) => test(runner, body(macro, 0), names, scope)).length === 1;
    case 'filter':
      return items(macro, range)
        .filter(({ names }) => test(runner, body(macro, 0), names, scope))
        .map(({ item }) => item);
    case 'map':
    case 'transformList':
      return transform(runner, macro, range, scope).map(({ value }) => value);
    case 'transformMap':
      return new Map(transform(runner, macro, range, scope).map(({ key, value }) => [key, value]));
    case 'transformMapEntry':
      return mergeEntries(transform(runner, macro, range, scope).map(({ value }) => value));
    case 'sortBy':
      return sortBy(runner, macro, range, scope);
  }
}

function body({ bodies }: MacroExpression, place: number): Expression {
  const expression = bodies[place];
  if (expression === undefined) throw new CelError('no such overload');
  return expression;
}

function variable({ variables }: MacroExpression, place: number): string {
  return variables[place] ?? '';
}

interface Item {
  readonly key: unknown;
  /** What a filter keeps: the item of a list, the key of a map. */
  readonly item: unknown;
  readonly names: Names;
}

function items(macro: MacroExpression, range: unknown): Item[] {
  const [first, second] = macro.variables;
  const name = (key: unknown, single: unknown, value: unknown): Names =>
    second === undefined ? { [first ?? '']: single } : { [first ?? '']: key, [second]: value };
  if (isCelList(range)) {
    return range.map((item, place) => ({ key: BigInt(place), item, names: name(BigInt(place), item, item) }));
  }
  if (isCelMap(range)) return [...range].map(([key, value]) => ({ key, item: key, names: name(key, key, value) }));
  throw new CelError('no such overload');
}

function test(runner: Runner, expression: Expression, names: Names, scope: Outer): boolean {
  const value = runner.runWith(expression, names, scope);
  if (typeof value === 'boolean') return value;
  throw new CelError('no such overload');
}

/** A fault at one item counts only when no other item decides. */
function quantify(runner: Runner, macro: MacroExpression, range: unknown, scope: Outer): boolean {
  const decisive = macro.name === 'exists';
  let fault: CelError | undefined;
  for (const { names } of items(macro, range)) {
    try {
      if (test(runner, body(macro, 0), names, scope) === decisive) return decisive;
    } catch (cause) {
      if (!(cause instanceof CelError)) throw cause;
      fault ??= cause;
    }
  }
  if (fault !== undefined) throw fault;
  return !decisive;
}

interface Transformed {
  readonly key: unknown;
  readonly value: unknown;
}

/** With two bodies the first is a filter. */
function transform(runner: Runner, macro: MacroExpression, range: unknown, scope: Outer): Transformed[] {
  const filtered = macro.bodies.length > 1;
  const result: Transformed[] = [];
  for (const { key, names } of items(macro, range)) {
    if (filtered && !test(runner, body(macro, 0), names, scope)) continue;
    result.push({ key, value: runner.runWith(body(macro, filtered ? 1 : 0), names, scope) });
  }
  return result;
}

function mergeEntries(maps: readonly unknown[]): CelMap {
  const merged = new Map<unknown, unknown>();
  for (const map of maps) {
    if (!isCelMap(map)) throw new CelError('no such overload');
    for (const [key, value] of map) {
      if (merged.has(key)) throw new CelError(`insert failed: key ${String(key)} already exists`);
      merged.set(key, value);
    }
  }
  return merged;
}

function sortBy(runner: Runner, macro: MacroExpression, range: unknown, scope: Outer): unknown[] {
  const keyed = items(macro, range).map(({ item, names }) => ({
    item,
    key: runner.runWith(body(macro, 0), names, scope),
  }));
  runner.budget.spend(Math.ceil(keyed.length * Math.log2(keyed.length + 1)));
  keyed.sort((left, right) => {
    const order = celCompare(left.key, right.key);
    if (order === undefined) throw new CelError('no such overload');
    return order;
  });
  return keyed.map(({ item }) => item);
}

function runOptional(runner: Runner, macro: MacroExpression, range: unknown, scope: Outer): unknown {
  if (!(range instanceof CelOptional)) throw new CelError('no such overload');
  if (!range.hasValue) return CelOptional.none;
  const value = runner.runWith(body(macro, 0), { [variable(macro, 0)]: range.value }, scope);
  return macro.name === 'optMap' ? CelOptional.of(value) : value;
}
