import type { StructuralSchema } from '../../../schema';
import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  durationType,
  dynType,
  intType,
  listOf,
  mapOf,
  stringType,
  timestampType,
} from './cel-type';
import { escapeName } from './escape-name';

const nameType: StructuralSchema = { type: 'string' };

/** What rules see of an object that has type and metadata, beside what its schema declares. */
export function withRuleMeta(schema: StructuralSchema): StructuralSchema {
  const metadata: StructuralSchema = { type: 'object', properties: { name: nameType, generateName: nameType } };
  return {
    ...schema,
    type: 'object',
    properties: { ...schema.properties, apiVersion: nameType, kind: nameType, metadata },
  };
}

/** The CEL type of a schema's values; `undefined` when rules cannot see them (no type is declared). */
export function typeOfSchema(schema: StructuralSchema, name: string): CelType | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) return dynType;
  switch (schema.type) {
    case 'array':
      return listType(schema, name);
    case 'object':
      return objectType(schema['x-kubernetes-embedded-resource'] === true ? withRuleMeta(schema) : schema, name);
    case 'string':
      return stringTypeOf(schema.format);
    case 'boolean':
      return boolType;
    case 'number':
      return doubleType;
    case 'integer':
      return intType;
    default:
      return undefined;
  }
}

function listType({ items }: StructuralSchema, name: string): CelType | undefined {
  const element = items === undefined ? undefined : typeOfSchema(items, `${name}.@idx`);
  return element === undefined ? undefined : listOf(element);
}

function objectType(schema: StructuralSchema, name: string): CelType | undefined {
  const { additionalProperties: rest, properties = {} } = schema;
  if (typeof rest === 'object') {
    const value = typeOfSchema(rest, `${name}.@elem`);
    return value === undefined ? undefined : mapOf(stringType, value);
  }
  const fields = new Map<string, CelType>();
  for (const [property, child] of Object.entries(properties)) {
    const [escaped, type] = [escapeName(property), typeOfSchema(child, `${name}.${property}`)];
    if (escaped !== undefined && type !== undefined) fields.set(escaped, type);
  }
  return { kind: 'object', name, fields };
}

function stringTypeOf(format: string | undefined): CelType {
  switch (format) {
    case 'byte':
      return bytesType;
    case 'duration':
      return durationType;
    case 'date':
    case 'date-time':
      return timestampType;
    default:
      return stringType;
  }
}
