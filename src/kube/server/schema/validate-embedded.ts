import type { ObjectMeta, StructuralSchema } from '../../schema';
import { type FieldError, invalid, required } from './field-error';
import { childPath, isList, isObject, type JsonObject } from './json-shape';
import { dns1035LabelProblems, pathSegmentProblems } from './names';
import { metadataErrors } from './validate-metadata';

/** Checks `apiVersion`, `kind` and `metadata` of the objects that an object embeds (`x-kubernetes-embedded-resource`). */
export function validateEmbedded(value: unknown, schema: StructuralSchema, path: string): FieldError[] {
  if (isList(value)) {
    const { items } = schema;
    return items === undefined
      ? []
      : value.flatMap((item, index) => validateEmbedded(item, items, `${path}[${index}]`));
  }
  if (!isObject(value)) return [];
  const { properties = {}, additionalProperties } = schema;
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const inner = Object.entries(value).flatMap(([name, child]) => {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const childSchema = known ?? rest;
    const field = known === undefined ? `${path}[${name}]` : childPath(path, name);
    return childSchema === undefined ? [] : validateEmbedded(child, childSchema, field);
  });
  return schema['x-kubernetes-embedded-resource'] === true ? [...objectErrors(value, path), ...inner] : inner;
}

function objectErrors({ apiVersion, kind, metadata }: JsonObject, path: string): FieldError[] {
  return [
    ...textErrors(apiVersion, childPath(path, 'apiVersion'), apiVersionProblems),
    ...textErrors(kind, childPath(path, 'kind'), kindProblems),
    ...(isObject(metadata) ? embeddedMetadata(metadata, path) : []),
  ];
}

function textErrors(value: unknown, field: string, problems: (text: string) => readonly string[]): FieldError[] {
  if (value === undefined) return [required(field)];
  if (typeof value !== 'string') return [invalid(field, value, 'must be a string')];
  if (value === '') return [invalid(field, value, 'must not be empty')];
  return problems(value).map((problem) => invalid(field, value, problem));
}

function apiVersionProblems(text: string): readonly string[] {
  return text.split('/').length > 2 ? [`unexpected GroupVersion string: ${text}`] : [];
}

function kindProblems(text: string): readonly string[] {
  const problems = dns1035LabelProblems(text.toLowerCase());
  return problems.length === 0 ? [] : [`may have mixed case, but should otherwise match: ${problems.join()}`];
}

/** An embedded object needs no name, and may say in which namespace it is. */
function embeddedMetadata(metadata: JsonObject, path: string): FieldError[] {
  const { name = 'embedded', namespace } = metadata as Partial<ObjectMeta>;
  const named = { ...metadata, name } as ObjectMeta;
  const errors = metadataErrors(named, pathSegmentProblems, namespace !== undefined && namespace !== '');
  return errors.map((error) => ({ ...error, field: childPath(path, error.field) }));
}
