import { type CelType, dynType } from './cel-type';

/** What the type parameters of a signature stand for. */
export type Bindings = Map<string, CelType>;

/** Kinds whose values may be null as far as the type checker knows. */
const NULLABLE: ReadonlySet<string> = new Set(['object', 'opaque', 'timestamp', 'duration']);

/** May a value of type `actual` be given where `wanted` is declared? Binds parameters on the way. */
export function unify(wanted: CelType, actual: CelType, bindings: Bindings): boolean {
  if (wanted.kind === 'param') return bind(wanted.name, actual, bindings);
  if (wanted.kind === 'dyn' || actual.kind === 'dyn' || actual.kind === 'param') return true;
  if (actual.kind === 'null' && NULLABLE.has(wanted.kind)) return true;
  return wanted.kind === actual.kind && unifyParts(partsOf(wanted), partsOf(actual), bindings);
}

/** What a type of several parts is made of; a name stands for itself. */
function partsOf(type: CelType): readonly (CelType | string)[] {
  switch (type.kind) {
    case 'list':
      return [type.element];
    case 'optional':
      return [type.value];
    case 'map':
      return [type.key, type.value];
    case 'object':
    case 'opaque':
      return [type.name];
    default:
      return [];
  }
}

function unifyParts(
  wanted: readonly (CelType | string)[],
  actual: readonly (CelType | string)[],
  bindings: Bindings,
): boolean {
  return wanted.every((part, place) => {
    const other = actual[place];
    if (typeof part === 'string' || typeof other === 'string' || other === undefined) return part === other;
    return unify(part, other, bindings);
  });
}

function bind(name: string, actual: CelType, bindings: Bindings): boolean {
  const bound = bindings.get(name);
  const joined = bound === undefined ? actual : join(bound, actual);
  if (joined === undefined) return false;
  bindings.set(name, joined);
  return true;
}

/** A type that both types' values have, or `undefined`. */
export function join(left: CelType, right: CelType): CelType | undefined {
  if (left.kind === 'dyn' || right.kind === 'dyn') return dynType;
  if (left.kind === 'list' && right.kind === 'list') {
    const element = join(left.element, right.element);
    return element === undefined ? undefined : { kind: 'list', element };
  }
  if (left.kind === 'optional' && right.kind === 'optional') {
    const value = join(left.value, right.value);
    return value === undefined ? undefined : { kind: 'optional', value };
  }
  if (left.kind === 'map' && right.kind === 'map') {
    const [key, value] = [join(left.key, right.key), join(left.value, right.value)];
    return key === undefined || value === undefined ? undefined : { kind: 'map', key, value };
  }
  if (unify(left, right, new Map())) return left;
  return unify(right, left, new Map()) ? right : undefined;
}
