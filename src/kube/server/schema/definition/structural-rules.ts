import { jsonEqual } from '../../../../kernel';
import type { StructuralSchema } from '../../../schema';
import { type FieldError, forbidden, invalid, required } from '../field-error';
import { compilePattern } from '../pattern';
import { branchesOf, nestedChildren } from './nested-schema';

/** Where a schema stands: the root of an object, items of a list, or a field. */
type Level = 'root' | 'item' | 'field';

const PLACES: Readonly<Record<Level, string>> = {
  root: 'at the root',
  item: 'for specified array items',
  field: 'for specified object fields',
};

/**
 * The rules of structural schemas
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema).
 */
export function structuralErrors(schema: StructuralSchema, field: string, level: Level = 'root'): FieldError[] {
  const { properties = {}, items, additionalProperties: rest } = schema;
  const errors: FieldError[] = [];
  if (schema.type === 'array' && items === undefined) errors.push(required(`${field}.items`, 'must be specified'));
  if (items !== undefined) errors.push(...structuralErrors(items, `${field}.items`, 'item'));
  for (const [name, child] of Object.entries(properties)) {
    errors.push(...structuralErrors(child, `${field}.properties[${name}]`, 'field'));
  }
  if (rest !== undefined && level === 'root')
    errors.push(forbidden(`${field}.additionalProperties`, 'must not be used at the root'));
  if (typeof rest === 'object') errors.push(...structuralErrors(rest, `${field}.additionalProperties`, 'field'));
  return [
    ...errors,
    ...extensionErrors(schema, field),
    ...valueErrors(schema, field, level),
    ...typeErrors(schema, field, level),
    ...metaErrors(schema, field, level),
  ];
}

const OPEN = 'x-kubernetes-preserve-unknown-fields';
const EMBEDDED = 'x-kubernetes-embedded-resource';
const INT_OR_STRING = 'x-kubernetes-int-or-string';

function extensionErrors(schema: StructuralSchema, field: string): FieldError[] {
  if (schema[INT_OR_STRING] !== true) return [];
  const detail = 'must be false if x-kubernetes-int-or-string is true';
  return [OPEN, EMBEDDED].flatMap((name) =>
    schema[name as typeof OPEN] === true ? [invalid(`${field}.${name}`, true, detail)] : [],
  );
}

function typeErrors(schema: StructuralSchema, field: string, level: Level): FieldError[] {
  const { type, properties = {} } = schema;
  const errors: FieldError[] = [];
  if (schema[EMBEDDED] === true && type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(type === undefined ? required(`${field}.type`, detail) : invalid(`${field}.type`, type, detail));
  } else if (type === undefined && schema[INT_OR_STRING] !== true && schema[OPEN] !== true) {
    errors.push(required(`${field}.type`, `must not be empty ${PLACES[level]}`));
  }
  if (level === 'root' && type !== undefined && type !== 'object') {
    errors.push(invalid(`${field}.type`, type, 'must be object at the root'));
  }
  if (schema[EMBEDDED] !== true) return errors;
  if (schema.additionalProperties !== undefined) {
    errors.push(
      forbidden(`${field}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set'),
    );
  }
  if (schema[OPEN] !== true && Object.keys(properties).length === 0) {
    const detail =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(required(`${field}.properties`, detail));
  }
  return errors;
}

/** At the root, metadata may restrict nothing but the object's name. */
function metaErrors(schema: StructuralSchema, field: string, level: Level): FieldError[] {
  if (level !== 'root' && schema[EMBEDDED] !== true) return [];
  const { kind, apiVersion, metadata } = schema.properties ?? {};
  const errors: FieldError[] = [];
  for (const [name, child] of Object.entries({ kind, apiVersion })) {
    if (child === undefined || child.type === 'string') continue;
    errors.push(invalid(`${field}.properties[${name}].type`, child.type ?? '', 'must be string'));
  }
  if (metadata === undefined) return errors;
  const place = `${field}.properties[metadata]`;
  if (metadata.type !== 'object') errors.push(invalid(`${place}.type`, metadata.type ?? '', 'must be object'));
  if (level !== 'root' || restrictsNameOnly(metadata)) return errors;
  const detail = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
  return [...errors, forbidden(place, detail)];
}

function restrictsNameOnly({ type: _type, default: _default, properties = {}, ...rest }: StructuralSchema): boolean {
  const others = Object.keys(properties).filter((name) => name !== 'name' && name !== 'generateName');
  return others.length === 0 && Object.keys(rest).length === 0;
}

const intOrStringBranches: readonly StructuralSchema[] = [{ type: 'integer' }, { type: 'string' }];

function isIntOrString(branches: readonly StructuralSchema[] | undefined): boolean {
  return jsonEqual(branches, intOrStringBranches);
}

/** Combinations may constrain values, and not say anything about structure. */
function valueErrors(schema: StructuralSchema, field: string, level: Level): FieldError[] {
  return [...patternErrors(schema, field), ...combinationErrors(schema, field, level)];
}

function combinationErrors(schema: StructuralSchema, field: string, level: Level): FieldError[] {
  return branchesOf(schema, field).flatMap(({ branch, place, keyword, index }) => {
    if (keyword === 'anyOf' && isIntOrString(schema.anyOf)) return [];
    const skipAnyOf = keyword === 'allOf' && index === 0 && isIntOrString(branch.anyOf);
    return nestedErrors(branch, place, level, skipAnyOf);
  });
}

function patternErrors({ pattern }: StructuralSchema, field: string): FieldError[] {
  if (pattern === undefined) return [];
  const compiled = compilePattern(pattern);
  if (!(compiled instanceof Error)) return [];
  return [invalid(`${field}.pattern`, pattern, `must be a valid regular expression, but isn't: ${compiled.message}`)];
}

/** What a branch of a combination must not say, and how it is told. */
const FORBIDDEN: readonly (readonly [name: keyof StructuralSchema | 'title', wanted: string])[] = [
  ['type', 'empty'],
  ['additionalProperties', 'undefined'],
  ['default', 'undefined'],
  ['title', 'empty'],
  ['description', 'empty'],
  ['nullable', 'false'],
  [OPEN, 'false'],
  [EMBEDDED, 'false'],
  [INT_OR_STRING, 'false'],
  ['x-kubernetes-list-map-keys', 'empty'],
  ['x-kubernetes-list-type', 'undefined'],
  ['x-kubernetes-map-type', 'undefined'],
  ['x-kubernetes-validations', 'empty'],
];

function nestedErrors(schema: StructuralSchema, field: string, level: Level, skipAnyOf: boolean): FieldError[] {
  const said: Readonly<Record<string, unknown>> = { ...schema };
  const errors = FORBIDDEN.filter(([name]) => said[name] !== undefined && said[name] !== false).map(([name, wanted]) =>
    forbidden(`${field}.${name}`, `must be ${wanted} to be structural`),
  );
  if (schema.properties?.metadata !== undefined) {
    errors.push(forbidden(`${field}.properties[metadata]`, 'must not be specified in a nested context'));
  }
  const inner = skipAnyOf ? { ...schema, anyOf: [] } : schema;
  const below = nestedChildren(schema, field).flatMap(({ child, place }) => nestedErrors(child, place, level, false));
  return [...errors, ...valueErrors(inner, field, level), ...below];
}
