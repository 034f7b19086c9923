import { jsonEqual } from '../../../kernel';
import type { StructuralSchema } from '../../schema';
import { type FieldError, invalid, notSupported, required, tooLong, tooMany, typeInvalid } from './field-error';
import { isList, isObject, type JsonObject } from './json-shape';
import { compilePattern, type LinearPattern, PatternCostError } from './pattern';
import { formatCheck } from './string-format';

/** Errors of a value, and how many checks it passed: of several alternatives the one that fits best explains. */
export interface Verdict {
  readonly errors: readonly FieldError[];
  readonly matches: number;
}

/** Errors about no field in particular carry this field, as a real API server's do. */
const NO_FIELD = '<nil>';

/**
 * Checks a value against the OpenAPI part of its schema; texts and order as a kube-apiserver's. With the value before an
 * update, what did not change is not reported again (ratcheting).
 */
export function validateValue(value: unknown, schema: StructuralSchema, path: string, old?: unknown): Verdict {
  if (old !== undefined && jsonEqual(value, old)) return { errors: [], matches: 1 };
  if (value === null) {
    const wrong = [...nullErrors(schema, path), ...enumErrors(value, schema, path)];
    return { errors: wrong, matches: 1 };
  }
  const parts: Verdict[] = [
    counted(typeErrors(value, schema, path)),
    counted([], combinations(value, schema, path)),
    ...kindParts(value, schema, path, old),
    counted(enumErrors(value, schema, path)),
  ];
  return { ...merge(parts), matches: merge(parts).matches + 1 };
}

function kindParts(value: unknown, schema: StructuralSchema, path: string, old: unknown): Verdict[] {
  if (typeof value === 'string')
    return [counted(stringErrors(value, schema, path)), counted(formatErrors(value, schema, path))];
  if (typeof value === 'number') return [counted(numberErrors(value, schema, path))];
  if (isList(value)) return [counted([], validateList(value, schema, path, old))];
  return isObject(value) ? [counted([], validateMap(value, schema, path, old))] : [];
}

function counted(errors: readonly FieldError[], inner: Verdict = { errors: [], matches: 0 }): Verdict {
  return { errors: [...errors, ...inner.errors], matches: inner.matches + 1 };
}

function merge(parts: readonly Verdict[]): Verdict {
  return {
    errors: parts.flatMap(({ errors }) => errors),
    matches: parts.reduce((sum, { matches }) => sum + matches, 0),
  };
}

function typesOf(schema: StructuralSchema): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return ['integer', 'string'];
  return schema.type === undefined ? [] : [schema.type];
}

/** JSON type and Go format of a value. */
function describeType(value: unknown): readonly [type: string, format: string] {
  if (typeof value === 'string') return ['string', ''];
  if (typeof value === 'boolean') return ['boolean', ''];
  if (typeof value === 'number') return Number.isInteger(value) ? ['integer', 'int64'] : ['number', 'float64'];
  return isList(value) ? ['array', ''] : ['object', ''];
}

function nullErrors(schema: StructuralSchema, path: string): FieldError[] {
  const types = typesOf(schema);
  return types.length === 0 || schema.nullable === true ? [] : [wrongType(path, types.join(), 'null')];
}

function wrongType(path: string, expected: string, actual: string): FieldError {
  return typeInvalid(bare(path), actual, `${path} in body must be of type ${expected}: ${JSON.stringify(actual)}`);
}

/** Paths below the root of an object start with a dot in texts about missing fields only. */
function bare(path: string): string {
  return path === '' ? NO_FIELD : path.replace(/^\./, '');
}

function typeErrors(value: unknown, schema: StructuralSchema, path: string): FieldError[] {
  const types = typesOf(schema);
  const format = knownFormat(schema);
  if (types.length === 0 && format === '') return [];
  const [type, valueFormat] = describeType(value);
  const fits = types.includes(type) || (type === 'integer' && types.includes('number'));
  const textual = type === 'string' || type === 'array';
  if (!textual && format !== '' && !fits && format !== valueFormat) return [wrongType(path, format, valueFormat)];
  const numeric = types.includes('number') || types.includes('integer');
  if (!numeric && format !== '' && textual) return [];
  return fits ? [] : [wrongType(path, types.join(), type)];
}

/** The schema's format when the API server honours it for the schema's type, else empty. */
function knownFormat({ type, format = '' }: StructuralSchema): string {
  if (type === 'integer') return ['int32', 'int64'].includes(format) ? format : '';
  if (type === 'number') return ['float', 'double'].includes(format) ? format : '';
  if (type !== undefined && type !== 'string') return '';
  return formatCheck(format) === undefined ? '' : format;
}

function enumErrors(value: unknown, schema: StructuralSchema, path: string): FieldError[] {
  if (schema.enum === undefined || schema.enum.length === 0) return [];
  if (schema.enum.some((allowed) => jsonEqual(allowed, value))) return [];
  const texts = schema.enum.map((allowed) => (typeof allowed === 'string' ? allowed : JSON.stringify(allowed)));
  return [notSupported(bare(path), value, texts)];
}

function stringErrors(value: string, schema: StructuralSchema, path: string): FieldError[] {
  const { maxLength, minLength, pattern } = schema;
  const length = maxLength === undefined && minLength === undefined ? 0 : [...value].length;
  if (maxLength !== undefined && length > maxLength) return [tooLong(bare(path), maxLength)];
  if (minLength !== undefined && length < minLength) {
    return [invalid(bare(path), value, `${path} in body should be at least ${minLength} chars long`)];
  }
  return pattern === undefined || pattern === '' ? [] : patternErrors(value, pattern, path);
}

function patternErrors(value: string, pattern: string, path: string): FieldError[] {
  const expression = compilePattern(pattern);
  if (expression instanceof Error) {
    const reason = `${pattern}, but pattern is invalid: ${expression.message}`;
    return [invalid(bare(path), value, `${path} in body should match '${reason}'`)];
  }
  return matches(value, expression) ? [] : [invalid(bare(path), value, `${path} in body should match '${pattern}'`)];
}

/** A text that a pattern cannot be tried on in reasonable time counts as one that it does not match. */
function matches(value: string, expression: LinearPattern): boolean {
  try {
    return expression.test(value);
  } catch (cause) {
    if (cause instanceof PatternCostError) return false;
    throw cause;
  }
}

function formatErrors(value: string, schema: StructuralSchema, path: string): FieldError[] {
  const format = knownFormat(schema);
  const check = formatCheck(format);
  if (format === '' || check === undefined || check(value)) return [];
  return [typeInvalid(bare(path), value, `${path} in body must be of type ${format}: ${JSON.stringify(value)}`)];
}

function numberErrors(value: number, schema: StructuralSchema, path: string): FieldError[] {
  const { multipleOf, minimum, maximum, exclusiveMinimum = false, exclusiveMaximum = false } = schema;
  const errors: FieldError[] = [...rangeErrors(value, schema, path)];
  const wrong = (text: string): void =>
    void errors.push(invalid(bare(path), value, `${path} in body should be ${text}`));
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) wrong(`a multiple of ${multipleOf}`);
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    wrong(`greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    wrong(`less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
  }
  return errors;
}

function isMultiple(value: number, factor: number): boolean {
  const quotient = value / factor;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9;
}

const INT32 = 2 ** 31;
const INT64 = 2 ** 63;
const FLOAT32 = 3.4028234663852886e38;

function rangeErrors(value: number, schema: StructuralSchema, path: string): FieldError[] {
  if (schema['x-kubernetes-int-or-string'] === true || schema.type === undefined) return [];
  const format = knownFormat(schema);
  const integer = schema.type === 'integer';
  const limit = integer ? (format === 'int32' ? INT32 : INT64) : format === 'float' ? FLOAT32 : Infinity;
  if (value >= -limit && (integer ? value < limit && Number.isInteger(value) : value <= limit)) return [];
  const kind = format === '' ? `${schema.type} (default format)` : `${schema.type} with format ${format}`;
  return [invalid(NO_FIELD, '', `Checked value must be of type ${kind} in ${path}`)];
}

function validateList(value: readonly unknown[], schema: StructuralSchema, path: string, old: unknown): Verdict {
  const { items, minItems, maxItems, uniqueItems } = schema;
  const before = oldItems(schema, old);
  const verdict =
    items === undefined
      ? merge([])
      : merge(value.map((item, index) => validateValue(item, items, `${path}[${index}]`, before(item))));
  const errors = [...verdict.errors];
  if (minItems !== undefined && value.length < minItems) {
    errors.push(invalid(bare(path), value.length, `${path} in body should have at least ${minItems} items`));
  }
  if (maxItems !== undefined && value.length > maxItems) errors.push(tooMany(bare(path), value.length, maxItems));
  const repeated =
    uniqueItems === true && value.some((item, index) => value.slice(0, index).some((other) => jsonEqual(item, other)));
  if (repeated) errors.push(invalid(bare(path), '', `${path} in body shouldn't contain duplicates`));
  return { errors, matches: verdict.matches + 1 };
}

/** Items of map lists are found again by their keys; others have no past. */
function oldItems(schema: StructuralSchema, old: unknown): (item: unknown) => unknown {
  const keys = schema['x-kubernetes-list-type'] === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : [];
  if (keys.length === 0 || !isList(old)) return () => undefined;
  const keyOf = (item: unknown): string => (isObject(item) ? JSON.stringify(keys.map((key) => item[key])) : '');
  const items = new Map(old.map((item) => [keyOf(item), item]));
  return (item) => items.get(keyOf(item));
}

function validateMap(value: JsonObject, schema: StructuralSchema, path: string, old: unknown): Verdict {
  const { properties = {}, additionalProperties, required: names = [], minProperties, maxProperties } = schema;
  const count = Object.keys(value).length;
  const own: FieldError[] = [];
  if (minProperties !== undefined && count < minProperties) {
    own.push(invalid(bare(path), count, `${path} in body should have at least ${minProperties} properties`));
  }
  if (maxProperties !== undefined && count > maxProperties) own.push(tooMany(bare(path), count, maxProperties));
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const verdicts = Object.entries(value).map(([name, child]) => {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const field = known !== undefined && path === '' ? name : `${path}.${name}`;
    const childSchema = known ?? rest;
    return childSchema === undefined
      ? merge([])
      : validateValue(child, childSchema, field, isObject(old) ? old[name] : undefined);
  });
  const missing = names.filter((name) => !Object.hasOwn(value, name)).map((name) => required(bare(`${path}.${name}`)));
  const children = merge(verdicts);
  return { errors: [...own, ...children.errors, ...missing], matches: children.matches };
}

function combinations(value: unknown, schema: StructuralSchema, path: string): Verdict {
  const parts = [
    anyOf(value, schema, path),
    oneOf(value, schema, path),
    allOf(value, schema, path),
    not(value, schema, path),
  ];
  const { errors, matches } = merge(parts);
  return { errors, matches: matches + 1 };
}

function general(path: string, text: string): FieldError {
  return invalid(NO_FIELD, '', `${JSON.stringify(path)} must ${text}`);
}

function anyOf(value: unknown, { anyOf: alternatives = [] }: StructuralSchema, path: string): Verdict {
  if (alternatives.length === 0) return merge([]);
  const verdicts = alternatives.map((alternative) => validateValue(value, alternative, path));
  const good = verdicts.find(({ errors }) => errors.length === 0);
  if (good !== undefined) return good;
  const best = bestOf(verdicts);
  return { ...best, errors: [general(path, 'validate at least one schema (anyOf)'), ...best.errors] };
}

function oneOf(value: unknown, { oneOf: alternatives = [] }: StructuralSchema, path: string): Verdict {
  if (alternatives.length === 0) return merge([]);
  const verdicts = alternatives.map((alternative) => validateValue(value, alternative, path));
  const good = verdicts.filter(({ errors }) => errors.length === 0);
  const [first] = good;
  if (good.length === 1 && first !== undefined) return first;
  const found = good.length === 0 ? 'Found none valid' : `Found ${good.length} valid alternatives`;
  const error = general(path, `validate one and only one schema (oneOf). ${found}`);
  if (good.length > 0) return { errors: [error], matches: 0 };
  const best = bestOf(verdicts);
  return { ...best, errors: [error, ...best.errors] };
}

function allOf(value: unknown, { allOf: parts = [] }: StructuralSchema, path: string): Verdict {
  if (parts.length === 0) return merge([]);
  const verdicts = parts.map((part) => validateValue(value, part, path));
  const all = merge(verdicts);
  const good = verdicts.filter(({ errors }) => errors.length === 0).length;
  if (good === parts.length) return all;
  const text = `validate all the schemas (allOf)${good === 0 ? '. None validated' : ''}`;
  return { ...all, errors: [...all.errors, general(path, text)] };
}

function not(value: unknown, { not: forbidden }: StructuralSchema, path: string): Verdict {
  const matched = forbidden !== undefined && validateValue(value, forbidden, path).errors.length === 0;
  return { errors: matched ? [general(path, 'not validate the schema (not)')] : [], matches: 0 };
}

function bestOf(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce((best, next) => (next.matches > best.matches ? next : best));
}
