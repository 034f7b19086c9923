import type { CelRule, StructuralSchema } from '../../../schema';
import { compileRule } from '../cel/compile-rule';
import { normalizeFieldPath } from '../cel/field-path';
import { typeOfSchema, withRuleMeta } from '../cel/schema-type';
import { type FieldError, invalid } from '../field-error';

/** Rules must compile for the values they stand at; those that look back must stand where a value has a past. */
export function ruleErrors(schema: StructuralSchema, field: string): FieldError[] {
  return nodeErrors({ schema, typed: withRuleMeta(schema), field, name: 'selfType', pastless: undefined });
}

interface Node {
  readonly schema: StructuralSchema;
  /** The schema that gives the type: at the root with type and metadata. */
  readonly typed: StructuralSchema;
  readonly field: string;
  readonly name: string;
  /** The list whose items cannot be told apart over time, when the node lies in one. */
  readonly pastless: string | undefined;
}

function nodeErrors({ schema, typed, field, name, pastless }: Node): FieldError[] {
  const { properties = {}, items, additionalProperties: rest } = schema;
  const node = (child: StructuralSchema, step: string, type: string, past = pastless): FieldError[] =>
    nodeErrors({ schema: child, typed: child, field: `${field}.${step}`, name: `${name}.${type}`, pastless: past });
  const errors = ownErrors({ schema, typed, field, name, pastless });
  for (const [property, child] of Object.entries(properties))
    errors.push(...node(child, `properties[${property}]`, property));
  if (typeof rest === 'object') errors.push(...node(rest, 'additionalProperties', '@elem'));
  if (items !== undefined) {
    const traced = schema['x-kubernetes-list-type'] === 'map';
    errors.push(...node(items, 'items', '@idx', traced ? pastless : (pastless ?? field)));
  }
  return errors;
}

function ownErrors({ schema, typed, field, name, pastless }: Node): FieldError[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  const self = rules.length === 0 ? undefined : typeOfSchema(typed, name);
  if (self === undefined) return [];
  return rules.flatMap((rule, index) => {
    const place = `${field}.x-kubernetes-validations[${index}]`;
    const { compiled, ruleProblem, messageProblem } = compileRule(rule, self);
    const errors = pathErrors(rule, schema, place);
    if (ruleProblem !== undefined) errors.push(invalid(`${place}.rule`, shown(rule), ruleProblem));
    if (messageProblem !== undefined) errors.push(invalid(`${place}.messageExpression`, shown(rule), messageProblem));
    if (compiled?.usesOldSelf === true && pastless !== undefined) {
      const detail = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${pastless}`;
      errors.push(invalid(`${place}.rule`, rule.rule, detail));
    } else if (compiled?.usesOldSelf !== true && rule.optionalOldSelf !== undefined) {
      errors.push(
        invalid(`${place}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'),
      );
    }
    return errors;
  });
}

function pathErrors({ fieldPath }: CelRule, schema: StructuralSchema, place: string): FieldError[] {
  if (fieldPath === undefined || fieldPath === '') return [];
  if (fieldPath.trim() === '') return [invalid(`${place}.fieldPath`, fieldPath, 'must be non-empty if specified')];
  const valid = normalizeFieldPath(fieldPath, schema) !== undefined;
  return valid ? [] : [invalid(`${place}.fieldPath`, fieldPath, 'must be a valid path')];
}

/** A rule as messages show it: with the names and empty values of the API server's own type. */
function shown({
  rule,
  message = '',
  messageExpression = '',
  reason,
  fieldPath = '',
  optionalOldSelf,
}: CelRule): unknown {
  return {
    Rule: rule,
    Message: message,
    MessageExpression: messageExpression,
    Reason: reason ?? null,
    FieldPath: fieldPath,
    OptionalOldSelf: optionalOldSelf ?? null,
  };
}
