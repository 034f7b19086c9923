import type { StructuralSchema } from '../../schema';
import { applyDefaults } from './apply-defaults';
import { type FieldError, forbidden, invalid, required } from './field-error';
import { isObject } from './json-shape';
import { compilePattern } from './pattern';
import { pruneObject } from './prune';
import { validateListTypes } from './validate-list-type';
import { validateValue } from './validate-value';

/** Where the schema of a version stands in a CustomResourceDefinition. */
const ROOT = 'spec.versions[0].schema.openAPIV3Schema';

/**
 * What a kube-apiserver would refuse in the schema of a CustomResourceDefinition version: rules of structural schemas,
 * defaults that break their own schema, list keys that do not exist.
 * @param field path of the schema in the definition, for the messages
 */
export function checkSchema(schema: StructuralSchema, field = ROOT): FieldError[] {
  const top =
    schema.type === 'object' ? [] : [invalid(`${field}.type`, schema.type ?? '', 'must be object at the root')];
  return [...top, ...checkNode(schema, field, true)];
}

function checkNode(schema: StructuralSchema, field: string, root: boolean): FieldError[] {
  const open = schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const missing =
    schema.type === undefined && !open
      ? [required(`${field}.type`, 'must not be empty for specified object fields')]
      : [];
  return [
    ...(root ? [] : missing),
    ...patternErrors(schema, field),
    ...listErrors(schema, field),
    ...defaultErrors(schema, field),
    ...combinationErrors(schema, field),
    ...childErrors(schema, field),
  ];
}

function patternErrors({ pattern }: StructuralSchema, field: string): FieldError[] {
  if (pattern === undefined) return [];
  const compiled = compilePattern(pattern);
  const detail = `must be a valid regular expression, but isn't: `;
  return compiled instanceof Error ? [invalid(`${field}.pattern`, pattern, detail + compiled.message)] : [];
}

function listErrors(schema: StructuralSchema, field: string): FieldError[] {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (schema['x-kubernetes-list-type'] !== 'map') return [];
  const keysField = `${field}.x-kubernetes-list-map-keys`;
  if (keys.length === 0) return [required(keysField, 'must not be empty if x-kubernetes-list-type is map')];
  const { properties = {}, required: names = [] } = schema.items ?? {};
  return keys.flatMap((key, index) => {
    const property = properties[key];
    if (property === undefined)
      return [invalid(`${keysField}[${index}]`, key, 'entries must all be names of item properties')];
    if (names.includes(key) || property.default !== undefined) return [];
    const detail =
      'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
    return [required(`${field}.items.properties[${key}].default`, detail)];
  });
}

function defaultErrors(schema: StructuralSchema, field: string): FieldError[] {
  const { default: value } = schema;
  if (value === undefined) return [];
  const place = `${field}.default`;
  const unknown: string[] = [];
  if (isObject(value)) pruneObject({ ...value }, withoutMeta(schema), unknown);
  const dropped = unknown.length > 0 ? [invalid(place, value, 'must not have unknown fields')] : [];
  const complete = applyDefaults(value, schema);
  const wrong = [...validateValue(complete, schema, place).errors, ...validateListTypes(complete, schema, place)];
  return [...dropped, ...wrong];
}

function withoutMeta(schema: StructuralSchema): StructuralSchema {
  return schema;
}

const STRUCTURAL_ONLY = ['type', 'default', 'description', 'additionalProperties', 'nullable'] as const;

/** Inside allOf, anyOf, oneOf and not, structure must not be defined, only constrained. */
function combinationErrors(schema: StructuralSchema, field: string): FieldError[] {
  const branches: (readonly [string, StructuralSchema])[] = [];
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) {
    (schema[name] ?? []).forEach((branch, index) => branches.push([`${field}.${name}[${index}]`, branch]));
  }
  if (schema.not !== undefined) branches.push([`${field}.not`, schema.not]);
  const intOrString = schema['x-kubernetes-int-or-string'] === true;
  return branches.flatMap(([place, branch]) =>
    STRUCTURAL_ONLY.filter((name) => branch[name] !== undefined && !(intOrString && name === 'type')).map((name) =>
      forbidden(`${place}.${name}`, 'must be undefined to be structural'),
    ),
  );
}

function childErrors(schema: StructuralSchema, field: string): FieldError[] {
  const { properties = {}, items, additionalProperties: rest } = schema;
  const errors = Object.entries(properties).flatMap(([name, child]) =>
    checkNode(child, `${field}.properties[${name}]`, false),
  );
  if (items !== undefined) errors.push(...checkNode(items, `${field}.items`, false));
  if (typeof rest === 'object') errors.push(...checkNode(rest, `${field}.additionalProperties`, false));
  const both = rest !== undefined && rest !== false && Object.keys(properties).length > 0;
  return both
    ? [
        ...errors,
        forbidden(`${field}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'),
      ]
    : errors;
}
