import type { StructuralSchema } from '../../../schema';

/** One branch of a combination. */
export interface Branch {
  readonly keyword: 'anyOf' | 'allOf' | 'oneOf' | 'not';
  readonly index: number;
  readonly branch: StructuralSchema;
  readonly place: string;
}

/** The branches of a schema's `anyOf`, `allOf`, `oneOf` and `not`. */
export function branchesOf(schema: StructuralSchema, field: string): Branch[] {
  const lists = (['anyOf', 'allOf', 'oneOf'] as const).flatMap((keyword) =>
    (schema[keyword] ?? []).map((branch, index) => ({
      keyword,
      index,
      branch,
      place: `${field}.${keyword}[${index}]`,
    })),
  );
  const { not } = schema;
  return not === undefined ? lists : [...lists, { keyword: 'not', index: 0, branch: not, place: `${field}.not` }];
}

/** The schemas of a branch's items and properties. */
export function nestedChildren(
  { items, properties = {} }: StructuralSchema,
  field: string,
): { readonly child: StructuralSchema; readonly place: string }[] {
  const fields = Object.entries(properties).map(([name, child]) => ({ child, place: `${field}.properties[${name}]` }));
  return items === undefined ? fields : [{ child: items, place: `${field}.items` }, ...fields];
}
