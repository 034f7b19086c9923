import type { StructuralSchema } from '../../../schema';
import { type FieldError, required } from '../field-error';
import { branchesOf } from './nested-schema';

/**
 * What the root's combinations constrain must be declared outside of them too. Kubernetes looks at the root's only, and
 * so do we: a schema that it takes must not be refused here.
 */
export function completenessErrors(schema: StructuralSchema, field: string): FieldError[] {
  return branchesOf(schema, field).flatMap(({ branch, place }) => missing(branch, place, schema, field));
}

function missing(nested: StructuralSchema, place: string, schema: StructuralSchema, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, child] of Object.entries(nested.properties ?? {})) {
    const [inner, outer] = [`${place}.properties[${name}]`, `${field}.properties[${name}]`];
    const declared = schema.properties?.[name];
    if (declared === undefined) errors.push(required(outer, `because it is defined in ${inner}`));
    else errors.push(...missing(child, inner, declared, outer));
  }
  if (nested.items !== undefined) {
    const [inner, outer] = [`${place}.items`, `${field}.items`];
    if (schema.items === undefined) errors.push(required(outer, `because it is defined in ${inner}`));
    else errors.push(...missing(nested.items, inner, schema.items, outer));
  }
  return [
    ...errors,
    ...branchesOf(nested, place).flatMap(({ branch, place: inner }) => missing(branch, inner, schema, field)),
  ];
}
