import type { StructuralSchema } from '../../../schema';
import { compileRulesAt } from '../cel/rule-tree';
import { validateRules } from '../cel/validate-rules';
import { type FieldError, invalid } from '../field-error';
import { pruneNode } from '../prune';
import { validateValue } from '../validate-value';

/** Defaults must hold nothing that the schema does not name, and must obey it, rules included. */
export function defaultErrors(schema: StructuralSchema, field: string): FieldError[] {
  const { properties = {}, items, additionalProperties: rest } = schema;
  const errors = schema.default === undefined ? [] : ownErrors(schema, `${field}.default`);
  if (items !== undefined) errors.push(...defaultErrors(items, `${field}.items`));
  for (const [name, child] of Object.entries(properties))
    errors.push(...defaultErrors(child, `${field}.properties[${name}]`));
  if (typeof rest === 'object') errors.push(...defaultErrors(rest, `${field}.additionalProperties`));
  return errors;
}

function ownErrors(schema: StructuralSchema, field: string): FieldError[] {
  const { default: value } = schema;
  const unknown: string[] = [];
  pruneNode(value, schema, unknown);
  const errors = unknown.length > 0 ? [invalid(field, value, 'must not have unknown fields')] : [];
  const wrong = validateValue(value, schema, '').errors.map((error) => ({
    ...error,
    field: placed(field, error.field),
  }));
  if (wrong.length > 0) return [...errors, ...wrong];
  const rules = compileRulesAt(schema);
  const failed = rules === undefined ? [] : validateRules(rules, value, undefined, field);
  return [...errors, ...failed];
}

/** The errors of a value by itself start at no path; they are put where the default stands. */
function placed(field: string, below: string): string {
  return below === '<nil>' ? field : `${field}.${below}`;
}
