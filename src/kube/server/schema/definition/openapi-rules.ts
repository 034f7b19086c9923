import type { StructuralSchema } from '../../../schema';
import { type FieldError, forbidden, invalid, notSupported, required } from '../field-error';
import { isObject } from '../json-shape';
import { branchesOf } from './nested-schema';

/** What changes on the way down. */
interface Context {
  readonly root: boolean;
  /** Why defaults are forbidden here. */
  readonly noDefaults: string | undefined;
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** Keywords of JSON schema that Kubernetes has no use for. */
const UNSUPPORTED = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'];

/** What may be said in a definition's schema at all, keyword by keyword. */
export function openApiErrors(
  schema: StructuralSchema,
  field: string,
  context: Context = { root: true, noDefaults: undefined },
): FieldError[] {
  return [
    ...keywordErrors(schema, field, context),
    ...additionalErrors(schema, field),
    ...childErrors(schema, field, context),
    ...mapTypeErrors(schema, field),
    ...listTypeErrors(schema, field),
    ...listKeyErrors(schema, field),
    ...ruleTextErrors(schema, field),
  ];
}

function keywordErrors(schema: StructuralSchema, field: string, { noDefaults }: Context): FieldError[] {
  const said: Readonly<Record<string, unknown>> = { ...schema };
  const errors: FieldError[] = [];
  const { type } = said;
  if (type === 'null')
    errors.push(forbidden(`${field}.type`, 'type cannot be set to null, use nullable as an alternative'));
  if (typeof type === 'string' && !TYPES.includes(type)) errors.push(notSupported(`${field}.type`, type, TYPES));
  if (schema.default !== undefined && noDefaults !== undefined)
    errors.push(forbidden(`${field}.default`, `must not be set ${noDefaults}`));
  for (const name of UNSUPPORTED)
    if (said[name] !== undefined) errors.push(forbidden(`${field}.${name}`, `${name} is not supported`));
  if (Array.isArray(said.items))
    errors.push(forbidden(`${field}.items`, 'items must be a schema object and not an array'));
  if (schema.uniqueItems === true) {
    errors.push(
      forbidden(
        `${field}.uniqueItems`,
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ),
    );
  }
  if (said['x-kubernetes-preserve-unknown-fields'] === false) {
    errors.push(invalid(`${field}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  }
  return errors;
}

function additionalErrors(
  { additionalProperties: rest, properties = {} }: StructuralSchema,
  field: string,
): FieldError[] {
  const clash = rest !== undefined && rest !== true && Object.keys(properties).length > 0;
  return clash
    ? [forbidden(`${field}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')]
    : [];
}

function childErrors(schema: StructuralSchema, field: string, { root, noDefaults }: Context): FieldError[] {
  const { properties = {}, items, additionalProperties: rest } = schema;
  const below = { root: false, noDefaults };
  const meta = ['apiVersion', 'kind', 'metadata'];
  const errors = Object.entries(properties).flatMap(([name, child]) => {
    const context = root && meta.includes(name) ? { root: false, noDefaults: `in top-level ${name}` } : below;
    return openApiErrors(child, `${field}.properties[${name}]`, context);
  });
  if (typeof rest === 'object') errors.push(...openApiErrors(rest, `${field}.additionalProperties`, below));
  if (isObject(items)) errors.push(...openApiErrors(items, `${field}.items`, below));
  for (const { branch, place } of branchesOf(schema, field)) errors.push(...openApiErrors(branch, place, below));
  return errors;
}

/** A keyword that asks for a type. */
function typeError(field: string, type: string | undefined, wanted: string, keyword: string): FieldError[] {
  if (type === wanted) return [];
  const detail = `must be ${wanted} if ${keyword} is specified`;
  return [type === undefined ? required(`${field}.type`, detail) : invalid(`${field}.type`, type, detail)];
}

function mapTypeErrors(schema: StructuralSchema, field: string): FieldError[] {
  const keyword = 'x-kubernetes-map-type';
  const value = schema[keyword];
  if (value === undefined) return [];
  const unknown = ['atomic', 'granular'].includes(value)
    ? []
    : [notSupported(`${field}.${keyword}`, value, ['atomic', 'granular'])];
  return [...typeError(field, schema.type, 'object', keyword), ...unknown];
}

const LIST_TYPE = 'x-kubernetes-list-type';

function listTypeErrors(schema: StructuralSchema, field: string): FieldError[] {
  const { [LIST_TYPE]: value, items } = schema;
  if (value === undefined) return [];
  const errors = typeError(field, schema.type, 'array', LIST_TYPE);
  const types = ['atomic', 'set', 'map'];
  if (!types.includes(value)) errors.push(notSupported(`${field}.${LIST_TYPE}`, value, types));
  if (items === undefined || value === 'atomic') return errors;
  if (items.nullable === true) {
    errors.push(forbidden(`${field}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${value}`));
  }
  if (value !== 'set') return errors;
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const [listType, mapType] = [items[LIST_TYPE], items['x-kubernetes-map-type']];
  if (items.type === 'array' && listType !== undefined && listType !== 'atomic') {
    errors.push(invalid(`${field}.items.${LIST_TYPE}`, listType, detail));
  }
  if (items.type === 'object' && mapType !== 'atomic') {
    errors.push(invalid(`${field}.items.x-kubernetes-map-type`, listType ?? null, detail));
  }
  return errors;
}

const MAP_KEYS = 'x-kubernetes-list-map-keys';

function listKeyErrors(schema: StructuralSchema, field: string): FieldError[] {
  const { [MAP_KEYS]: keys = [], [LIST_TYPE]: type, items } = schema;
  const errors: FieldError[] = [];
  if (keys.length > 0 && type !== 'map') {
    const detail = 'must be map if x-kubernetes-list-map-keys is non-empty';
    errors.push(
      type === undefined ? required(`${field}.${LIST_TYPE}`, detail) : invalid(`${field}.${LIST_TYPE}`, type, detail),
    );
  }
  if (type !== 'map') return errors;
  if (keys.length === 0)
    errors.push(required(`${field}.${MAP_KEYS}`, 'must not be empty if x-kubernetes-list-type is map'));
  if (items === undefined)
    return [...errors, required(`${field}.items`, 'must have a schema if x-kubernetes-list-type is map')];
  if (items.type !== 'object') {
    return [
      ...errors,
      invalid(
        `${field}.items.type`,
        items.type ?? '',
        "must be object if parent array's x-kubernetes-list-type is map",
      ),
    ];
  }
  keys.forEach((key, index) => errors.push(...keyErrors({ key, keys, index }, items, field)));
  return errors;
}

function keyErrors(
  { key, keys, index }: { readonly key: string; readonly keys: readonly string[]; readonly index: number },
  items: StructuralSchema,
  field: string,
): FieldError[] {
  const property = items.properties?.[key];
  const repeated =
    keys.indexOf(key) < index ? [invalid(`${field}.${MAP_KEYS}`, keys, 'must not contain duplicate entries')] : [];
  if (property === undefined) {
    return [invalid(`${field}.${MAP_KEYS}`, keys, 'entries must all be names of item properties'), ...repeated];
  }
  const place = `${field}.items.properties[${key}]`;
  const errors = repeated;
  if (property.type === 'array' || property.type === 'object') {
    errors.push(
      invalid(`${place}.type`, items.type, "must be a scalar type if parent array's x-kubernetes-list-type is map"),
    );
  }
  if (items.required?.includes(key) !== true && property.default === undefined) {
    const detail =
      'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
    errors.push(required(`${place}.default`, detail));
  }
  if (property.nullable === true) {
    errors.push(
      forbidden(`${place}.nullable`, 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'),
    );
  }
  return errors;
}

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

/** What rules say beside their expressions. */
function ruleTextErrors(schema: StructuralSchema, field: string): FieldError[] {
  return (schema['x-kubernetes-validations'] ?? []).flatMap(
    ({ rule, message = '', messageExpression, reason }, index) => {
      const place = `${field}.x-kubernetes-validations[${index}]`;
      const [text, shown] = [rule.trim(), message.trim()];
      const errors: FieldError[] = [];
      if (text === '') errors.push(required(`${place}.rule`, 'rule is not specified'));
      else if (message !== '' && shown === '')
        errors.push(invalid(`${place}.message`, message, 'must be non-empty if specified'));
      else if (shown.includes('\n')) errors.push(invalid(`${place}.message`, message, 'must not contain line breaks'));
      else if (text.includes('\n') && shown === '') {
        errors.push(required(`${place}.message`, 'message must be specified if rule contains line breaks'));
      }
      if (messageExpression !== undefined && messageExpression !== '' && messageExpression.trim() === '') {
        errors.push(required(`${place}.messageExpression`, 'messageExpression must be non-empty if specified'));
      }
      if (reason !== undefined && !REASONS.includes(reason))
        errors.push(notSupported(`${place}.reason`, reason, REASONS));
      return errors;
    },
  );
}
