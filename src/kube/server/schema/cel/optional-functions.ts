import { CelError, CelOptional, CelTypeValue, isCelList, isCelMap, typeName } from './cel-value';
import { declare, type Overload } from './overload';

function held(optional: CelOptional): unknown {
  if (!optional.hasValue) throw new CelError('optional.none() dereference');
  return optional.value;
}

/** Zero, empty and null count as no value. */
function isZero(value: unknown): boolean {
  if (value === null || value === false || value === '' || value === 0 || value === 0n) return true;
  if (isCelList(value)) return value.length === 0;
  return isCelMap(value) ? value.size === 0 : value instanceof Uint8Array && value.length === 0;
}

/** Optional values, and what is about types as such. */
export const optionalFunctions: readonly Overload[] = [
  declare('optional.of(A): optional<A>', (value: unknown) => CelOptional.of(value)),
  declare('optional.ofNonZeroValue(A): optional<A>', (value: unknown) =>
    isZero(value) ? CelOptional.none : CelOptional.of(value),
  ),
  declare('optional.none(): optional<A>', () => CelOptional.none),
  declare('optional<A>.hasValue(): bool', (optional: CelOptional) => optional.hasValue),
  declare('optional<A>.value(): A', held),
  declare('optional<A>.or(optional<A>): optional<A>', (optional: CelOptional, other: CelOptional) =>
    optional.hasValue ? optional : other,
  ),
  declare('optional<A>.orValue(A): A', (optional: CelOptional, other: unknown) =>
    optional.hasValue ? optional.value : other,
  ),
  declare('dyn(A): dyn', (value: unknown) => value),
  declare('type(A): type', (value: unknown) => new CelTypeValue(typeName(value))),
];
