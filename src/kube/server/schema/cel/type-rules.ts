import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  dynType,
  formatType,
  intType,
  listOf,
  mapOf,
  nullType,
  optionalOf,
  stringType,
  uintType,
} from './cel-type';
import { CelUint } from './cel-value';
import type { Overload } from './overload';
import { type Bindings, join, unify } from './unify';

/** The type of a literal. */
export function literalType(value: unknown): CelType {
  switch (typeof value) {
    case 'boolean':
      return boolType;
    case 'bigint':
      return intType;
    case 'number':
      return doubleType;
    case 'string':
      return stringType;
    default:
      return value === null ? nullType : value instanceof CelUint ? uintType : bytesType;
  }
}

/** What indexing gives; `undefined` when the container cannot be indexed so. */
export function elementType(container: CelType, key: CelType): CelType | undefined {
  if (container.kind === 'dyn') return dynType;
  if (container.kind === 'list')
    return ['int', 'uint', 'double', 'dyn'].includes(key.kind) ? container.element : undefined;
  if (container.kind === 'map') return unify(container.key, key, new Map()) ? container.value : undefined;
  return undefined;
}

/** What a macro's variables stand for: one variable, or key (index) and value. */
export interface ItemTypes {
  readonly single: CelType;
  readonly key: CelType;
  readonly value: CelType;
}

/** The types of a range's items; `undefined` when it is no range. */
export function itemTypes(range: CelType): ItemTypes | undefined {
  switch (range.kind) {
    case 'list':
      return { single: range.element, key: intType, value: range.element };
    case 'map':
      return { single: range.key, key: range.key, value: range.value };
    case 'dyn':
      return { single: dynType, key: dynType, value: dynType };
    default:
      return undefined;
  }
}

/** Is the function an operator, which is there whatever its types? */
export function isOperator(name: string): boolean {
  return name.startsWith('_') || name.endsWith('_') || name.startsWith('@');
}

const boolish = (type: CelType | undefined): boolean => type?.kind === 'bool' || type?.kind === 'dyn';

/** Operators that take values of any type, as long as they agree. */
export function specialCall(
  name: string,
  [first = dynType, second = dynType, third = dynType]: readonly CelType[],
): CelType | undefined {
  switch (name) {
    case '_&&_':
    case '_||_':
      return boolish(first) && boolish(second) ? boolType : undefined;
    case '_==_':
    case '_!=_':
      return join(first, second) === undefined ? undefined : boolType;
    case '_?_:_':
      return boolish(first) ? join(second, third) : undefined;
    default:
      return undefined;
  }
}

/** The result of the overloads that fit the arguments; `undefined` when none does. */
export function resultType(overloads: readonly Overload[], types: readonly CelType[]): CelType | undefined {
  let result: CelType | undefined;
  for (const { parameters, result: declared } of overloads) {
    const bindings: Bindings = new Map();
    if (parameters.length !== types.length) continue;
    if (!parameters.every((parameter, place) => unify(parameter, types[place] ?? dynType, bindings))) continue;
    const found = substitute(declared, bindings);
    result = result === undefined ? found : (join(result, found) ?? dynType);
  }
  return result;
}

function substitute(type: CelType, bindings: Bindings): CelType {
  switch (type.kind) {
    case 'param':
      return bindings.get(type.name) ?? dynType;
    case 'list':
      return listOf(substitute(type.element, bindings));
    case 'map':
      return mapOf(substitute(type.key, bindings), substitute(type.value, bindings));
    case 'optional':
      return optionalOf(substitute(type.value, bindings));
    default:
      return type;
  }
}

/** Why no overload fits, in CEL's words. */
export function noOverload(name: string, types: readonly CelType[], member: boolean): string {
  const [target = dynType, ...rest] = types;
  const list = (shown: readonly CelType[]): string => `(${shown.map(formatType).join(', ')})`;
  const applied = member ? `${formatType(target)}.${list(rest)}` : list(types);
  return `found no matching overload for '${name}' applied to '${applied}'`;
}
