import { isList, isObject, type JsonObject } from '../json-shape';
import { parseQuantity } from '../quantity';
import published from './definitions.json';
import { timeProblem } from './time-problem';

const definitions: Readonly<Record<string, JsonObject>> = published.definitions;
const kinds: Readonly<Record<string, string>> = published.kinds;

/** Where a value stands: in which Go struct, under which JSON names. */
interface Place {
  readonly struct: string;
  readonly path: string;
}

type Problem = string | undefined;

/**
 * Why a kube-apiserver could not read an object into the Go type of its kind (`apiVersion/kind`): the first value of a
 * wrong type, in the words of Go's JSON decoder. `undefined` when it can be read, and for kinds that are not built in.
 */
export function decodingProblem(kind: string, object: unknown): Problem {
  const name = kinds[kind];
  return name === undefined ? undefined : ofDefinition(name, object, { struct: structName(name), path: '' });
}

function ofDefinition(name: string, value: unknown, place: Place): Problem {
  const special = SPECIAL[name];
  if (special !== undefined) return special(value, place);
  const node = definitions[name] ?? {};
  if (!isObject(node.properties)) return ofNode(node, value, place, `v1.${structName(name)}`);
  if (value === null) return undefined;
  if (!isObject(value)) return mismatch(value, place, `v1.${structName(name)}`);
  return first(Object.entries(value), ([field, child]) => {
    const properties = node.properties as JsonObject;
    const known = Object.hasOwn(properties, field) ? properties[field] : undefined;
    if (!isObject(known)) return undefined;
    const path = place.path === '' ? field : `${place.path}.${field}`;
    return ofNode(known, child, { struct: structName(name), path });
  });
}

function ofNode(node: JsonObject, value: unknown, place: Place, goType = goTypeOf(node)): Problem {
  if (value === null) return undefined;
  const { $ref, type, items, additionalProperties, format } = node;
  if (typeof $ref === 'string') return ofDefinition($ref, value, place);
  if (type === 'array' && isObject(items)) {
    return isList(value) ? first(value, (item) => ofNode(items, item, place)) : mismatch(value, place, goType);
  }
  if (type === 'object' && isObject(additionalProperties)) {
    if (!isObject(value)) return mismatch(value, place, goType);
    return first(Object.values(value), (child) => ofNode(additionalProperties, child, place));
  }
  if (type === 'string') {
    if (typeof value !== 'string') return mismatch(value, place, goType);
    return format === 'byte' ? base64Problem(value) : undefined;
  }
  if (type === 'boolean') return typeof value === 'boolean' ? undefined : mismatch(value, place, goType);
  if (type === 'integer') return integerProblem(value, place, goType);
  return undefined;
}

const LIMITS: Readonly<Record<string, number>> = { int32: 2 ** 31, int64: 2 ** 63 };

function integerProblem(value: unknown, place: Place, goType: string): Problem {
  if (typeof value !== 'number') return mismatch(value, place, goType);
  const limit = LIMITS[goType] ?? Infinity;
  const fits = Number.isInteger(value) && value >= -limit && value < limit;
  return fits ? undefined : `${cannotUnmarshal(`number ${value}`, place)} of type ${goType}`;
}

const SPECIAL: Readonly<Record<string, (value: unknown, place: Place) => Problem>> = {
  'meta.v1.Time': (value) => (typeof value === 'string' ? timeProblem(value, false) : undefined),
  'meta.v1.MicroTime': (value) => (typeof value === 'string' ? timeProblem(value, true) : undefined),
  'api.resource.Quantity': (value) =>
    (typeof value === 'string' || typeof value === 'number') && parseQuantity(String(value)) === undefined
      ? "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
      : undefined,
  'util.intstr.IntOrString': (value, place) =>
    value === null || typeof value === 'string' ? undefined : integerProblem(value, place, 'int32'),
};

function mismatch(value: unknown, place: Place, goType: string): string {
  return `${cannotUnmarshal(goKindOf(value), place)} of type ${goType}`;
}

function cannotUnmarshal(what: string, { struct, path }: Place): string {
  return `json: cannot unmarshal ${what} into Go struct field ${struct}.${path}`;
}

function goKindOf(value: unknown): string {
  if (isList(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** A type as Go prints it; names of text types are lost in the published schemas, so those print as `string`. */
function goTypeOf(node: JsonObject): string {
  const { $ref, type, items, additionalProperties, format } = node;
  if (typeof $ref === 'string')
    return $ref === 'api.resource.Quantity' ? 'resource.Quantity' : `v1.${structName($ref)}`;
  if (type === 'array') return format === 'byte' ? '[]uint8' : `[]${isObject(items) ? goTypeOf(items) : 'string'}`;
  if (type === 'object')
    return `map[string]${isObject(additionalProperties) ? goTypeOf(additionalProperties) : 'string'}`;
  if (type === 'boolean') return 'bool';
  if (type === 'integer') return typeof format === 'string' ? format : 'int64';
  return type === 'string' && format === 'byte' ? '[]uint8' : 'string';
}

function structName(definition: string): string {
  return definition.slice(definition.lastIndexOf('.') + 1);
}

/** Go ignores line breaks, wants padding, and names the first byte that it cannot read. */
function base64Problem(text: string): Problem {
  const wrong = /[^A-Za-z0-9+/=\r\n]/.exec(text);
  if (wrong !== null) return `illegal base64 data at input byte ${wrong.index}`;
  const bare = text.replace(/[\r\n]/g, '');
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(bare)) return undefined;
  const padding = bare.indexOf('=');
  return `illegal base64 data at input byte ${padding < 0 ? text.length - (bare.length % 4) : padding}`;
}

function first<T>(values: readonly T[], problemOf: (value: T) => Problem): Problem {
  for (const value of values) {
    const problem = problemOf(value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
