/** Types of CEL that are no containers. */
export type SimpleKind =
  'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'null' | 'timestamp' | 'duration' | 'type' | 'dyn';

/** A static type. Objects have named fields; opaque types (`kubernetes.URL`) only functions; params stand for any type. */
export type CelType =
  | { readonly kind: SimpleKind }
  | { readonly kind: 'list'; readonly element: CelType }
  | { readonly kind: 'map'; readonly key: CelType; readonly value: CelType }
  | { readonly kind: 'optional'; readonly value: CelType }
  | { readonly kind: 'object'; readonly name: string; readonly fields: ReadonlyMap<string, CelType> }
  | { readonly kind: 'opaque'; readonly name: string }
  | { readonly kind: 'param'; readonly name: string };

const simple = (kind: SimpleKind): CelType => ({ kind });

export const boolType = simple('bool');
export const intType = simple('int');
export const uintType = simple('uint');
export const doubleType = simple('double');
export const stringType = simple('string');
export const bytesType = simple('bytes');
export const nullType = simple('null');
export const timestampType = simple('timestamp');
export const durationType = simple('duration');
export const typeType = simple('type');
export const dynType = simple('dyn');

/** A list of one element type. */
export function listOf(element: CelType): CelType {
  return { kind: 'list', element };
}

/** A map. */
export function mapOf(key: CelType, value: CelType): CelType {
  return { kind: 'map', key, value };
}

/** A value that may be missing. */
export function optionalOf(value: CelType): CelType {
  return { kind: 'optional', value };
}

/** The type as CEL's messages write it. */
export function formatType(type: CelType): string {
  switch (type.kind) {
    case 'list':
      return `list(${formatType(type.element)})`;
    case 'map':
      return `map(${formatType(type.key)}, ${formatType(type.value)})`;
    case 'optional':
      return `optional_type(${formatType(type.value)})`;
    case 'object':
    case 'opaque':
    case 'param':
      return type.name;
    case 'timestamp':
      return 'google.protobuf.Timestamp';
    case 'duration':
      return 'google.protobuf.Duration';
    default:
      return type.kind;
  }
}

const names: Readonly<Record<string, CelType>> = {
  bool: boolType,
  int: intType,
  uint: uintType,
  double: doubleType,
  string: stringType,
  bytes: bytesType,
  null: nullType,
  timestamp: timestampType,
  duration: durationType,
  type: typeType,
  dyn: dynType,
};

/** Reads a type of a signature: `list<A>`, `map<string, list<string>>`, `optional<Format>`; capitals alone are params. */
export function parseType(text: string): CelType {
  const trimmed = text.trim();
  const generic = /^(list|map|optional)<(.*)>$/.exec(trimmed);
  if (generic === null) {
    const known = names[trimmed];
    if (known !== undefined) return known;
    return trimmed.length === 1 ? { kind: 'param', name: trimmed } : { kind: 'opaque', name: `kubernetes.${trimmed}` };
  }
  const parts = splitTypes(generic[2] ?? '').map(parseType);
  const [first = dynType, second = dynType] = parts;
  if (generic[1] === 'map') return mapOf(first, second);
  return generic[1] === 'list' ? listOf(first) : optionalOf(first);
}

/** Splits at commas that are not inside angle brackets. */
export function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let current = '';
  for (const character of text) {
    if (character === '<') depth += 1;
    if (character === '>') depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(current);
      current = '';
    } else current += character;
  }
  return current.trim() === '' ? parts : [...parts, current];
}
