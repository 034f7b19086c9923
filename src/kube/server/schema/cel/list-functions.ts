import type { Budget } from './budget';
import {
  celCompare,
  CelDuration,
  celEqual,
  CelError,
  type CelMap,
  CelOptional,
  CelUint,
  identityOf,
  isCelList,
  isCelMap,
  withIdentity,
} from './cel-value';
import { asInt } from './number-functions';
import { declare, declareCounted, type Overload } from './overload';

type List = readonly unknown[];

/** Sets and map lists are united: what the right side has replaces what the left side has. */
function concatenate(budget: Budget, left: List, right: List): List {
  budget.spend(left.length + right.length);
  const identity = identityOf(left) ?? identityOf(right);
  if (identity === undefined) return [...left, ...right];
  const items = new Map([...left, ...right].map((item) => [identity.keyOf(item), item]));
  return withIdentity([...items.values()], identity);
}

function order(left: unknown, right: unknown): number {
  const result = celCompare(left, right);
  if (result === undefined) throw new CelError('no such overload');
  return result;
}

function extreme(list: List, name: string, better: (order: number) => boolean): unknown {
  if (list.length === 0) throw new CelError(`${name} called on empty list`);
  return list.reduce((best, item) => (better(order(item, best)) ? item : best));
}

function sum(list: List): unknown {
  const [first] = list;
  if (typeof first === 'number') return list.reduce<number>((total, item) => total + (item as number), 0);
  if (first instanceof CelUint)
    return new CelUint(list.reduce<bigint>((total, item) => total + (item as CelUint).value, 0n));
  if (first instanceof CelDuration) {
    return new CelDuration(list.reduce<bigint>((total, item) => total + (item as CelDuration).nanoseconds, 0n));
  }
  return list.reduce<bigint>((total, item) => asInt(total + (item as bigint)), 0n);
}

const comparable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const summable = ['int', 'uint', 'double', 'duration'];

const ordered = comparable.flatMap((type) => [
  declare(`list<${type}>.isSorted(): bool`, (list: List) =>
    list.every((item, index) => index === 0 || order(list[index - 1], item) <= 0),
  ),
  declare(`list<${type}>.min(): ${type}`, (list: List) => extreme(list, 'min', (result) => result < 0)),
  declare(`list<${type}>.max(): ${type}`, (list: List) => extreme(list, 'max', (result) => result > 0)),
  declare(`list<${type}>.sort(): list<${type}>`, (list: List) => [...list].sort(order)),
]);

const position = (found: number): bigint => BigInt(found);

function contains(list: List, item: unknown): boolean {
  return list.some((other) => celEqual(other, item));
}

function includes(budget: Budget, item: unknown, container: List | CelMap): boolean {
  if (isCelMap(container)) return container.has(item) || [...container.keys()].some((key) => celEqual(key, item));
  budget.spend(container.length);
  return contains(container, item);
}

/** Work grows with the product of both lists. */
function setOperation(
  holds: (left: List, right: List) => boolean,
): (budget: Budget, left: List, right: List) => boolean {
  return (budget, left, right) => {
    budget.spend(left.length * right.length);
    return holds(left, right);
  };
}

const subset = (left: List, right: List): boolean => left.every((item) => contains(right, item));

function distinct(budget: Budget, list: List): unknown[] {
  const result: unknown[] = [];
  for (const item of list) {
    budget.spend(result.length);
    if (!contains(result, item)) result.push(item);
  }
  return result;
}

function flatten(list: List, depth: bigint): unknown[] {
  if (depth < 0n) throw new CelError('level must be non-negative');
  return list.flatMap((item) => (isCelList(item) && depth > 0n ? flatten(item, depth - 1n) : [item]));
}

function slice(list: List, start: bigint, end: bigint): List {
  if (start < 0n || end < 0n) throw new CelError(`cannot slice(${start}, ${end}), negative indexes not supported`);
  if (start > end)
    throw new CelError(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`);
  if (end > BigInt(list.length)) throw new CelError(`cannot slice(${start}, ${end}), list is length ${list.length}`);
  return list.slice(Number(start), Number(end));
}

function range(budget: Budget, count: bigint): bigint[] {
  budget.spend(Math.max(0, Number(count)));
  return Array.from({ length: Math.max(0, Number(count)) }, (_item, index) => BigInt(index));
}

const extension = [
  declare('list<A>.first(): optional<A>', (list: List) =>
    list.length > 0 ? CelOptional.of(list[0]) : CelOptional.none,
  ),
  declare('list<A>.last(): optional<A>', (list: List) =>
    list.length > 0 ? CelOptional.of(list.at(-1)) : CelOptional.none,
  ),
  declare('list<A>.slice(int, int): list<A>', slice),
  declare('list<A>.reverse(): list<A>', (list: List) => [...list].reverse()),
  declare('list<list<A>>.flatten(): list<A>', (list: List) => flatten(list, 1n)),
  declare('list<dyn>.flatten(int): list<dyn>', flatten),
  declareCounted('list<A>.distinct(): list<A>', distinct),
  declareCounted('lists.range(int): list<int>', range),
];

/** Lists, maps and sets. */
export const listFunctions: readonly Overload[] = [
  declareCounted('_+_(list<A>, list<A>): list<A>', concatenate),
  declareCounted('@in(A, list<A>): bool', includes),
  declareCounted('@in(A, map<A, B>): bool', includes),
  declare('size(list<A>): int', (list: List) => BigInt(list.length)),
  declare('list<A>.size(): int', (list: List) => BigInt(list.length)),
  declare('size(map<A, B>): int', (map: CelMap) => BigInt(map.size)),
  declare('map<A, B>.size(): int', (map: CelMap) => BigInt(map.size)),
  declare('list<A>.indexOf(A): int', (list: List, item: unknown) =>
    position(list.findIndex((other) => celEqual(other, item))),
  ),
  declare('list<A>.lastIndexOf(A): int', (list: List, item: unknown) =>
    position(list.findLastIndex((other) => celEqual(other, item))),
  ),
  ...summable.map((type) => declare(`list<${type}>.sum(): ${type}`, sum)),
  ...ordered,
  declareCounted(
    'sets.contains(list<A>, list<A>): bool',
    setOperation((left, right) => subset(right, left)),
  ),
  declareCounted(
    'sets.equivalent(list<A>, list<A>): bool',
    setOperation((left, right) => subset(left, right) && subset(right, left)),
  ),
  declareCounted(
    'sets.intersects(list<A>, list<A>): bool',
    setOperation((left, right) => left.some((item) => contains(right, item))),
  ),
  ...extension,
];
