import type { CelRule, StructuralSchema } from '../../../schema';
import { compileRule } from '../cel/compile-rule';
import { normalizeFieldPath } from '../cel/field-path';
import { typeOfSchema, withRuleMeta } from '../cel/schema-type';
import { ESTIMATED_RULE_LIMIT, ESTIMATED_SCHEMA_LIMIT, estimateCost, mostInRequest } from '../cel/estimate-cost';
import { type FieldError, forbidden, invalid } from '../field-error';

/** Rules must compile for the values they stand at; those that look back must stand where a value has a past. */
export function ruleErrors(schema: StructuralSchema, field: string): FieldError[] {
  const costs: RuleCost[] = [];
  const root = { schema, typed: withRuleMeta(schema), field, name: 'selfType', pastless: undefined, times: 1, costs };
  return [...nodeErrors(root), ...totalErrors(costs, field)];
}

interface Node {
  readonly schema: StructuralSchema;
  /** The schema that gives the type: at the root with type and metadata. */
  readonly typed: StructuralSchema;
  readonly field: string;
  readonly name: string;
  /** The list whose items cannot be told apart over time, when the node lies in one. */
  readonly pastless: string | undefined;
  /** How often the node can occur in one object; undefined when a list or map around it has no limit. */
  readonly times: number | undefined;
  /** Collects the estimates of the rules. */
  readonly costs: RuleCost[];
}

interface RuleCost {
  readonly field: string;
  readonly cost: number;
}

const ADVICE =
  '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';

function costErrors({ field, cost }: RuleCost): FieldError[] {
  if (cost <= ESTIMATED_RULE_LIMIT) return [];
  return [
    forbidden(
      field,
      `estimated rule cost exceeds budget by factor of ${factorOf(cost / ESTIMATED_RULE_LIMIT)} ${ADVICE}`,
    ),
  ];
}

/** All rules together: what each of the dearest adds is named too. */
function totalErrors(costs: readonly RuleCost[], field: string): FieldError[] {
  const total = costs.reduce((sum, { cost }) => sum + cost, 0);
  if (total <= ESTIMATED_SCHEMA_LIMIT) return [];
  const dear = costs.filter(({ cost }) => cost > ESTIMATED_SCHEMA_LIMIT / 100);
  const factor = factorOf(total / ESTIMATED_SCHEMA_LIMIT, 6);
  const whole =
    'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of';
  return [
    ...dear.map(({ field: place }) =>
      forbidden(place, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'),
    ),
    forbidden(field, `${whole} ${factor} ${ADVICE}`),
  ];
}

function factorOf(factor: number, digits = 1): string {
  return factor > 100 ? 'more than 100x' : `${factor.toFixed(digits)}x`;
}

function nodeErrors({ schema, typed, field, name, pastless, times, costs }: Node): FieldError[] {
  const { properties = {}, items, additionalProperties: rest } = schema;
  const limit = schema.type === 'array' ? schema.maxItems : schema.maxProperties;
  const repeated = typeof rest === 'object' || items !== undefined;
  const within = times === undefined || limit === undefined ? undefined : times * limit;
  const below = repeated ? within : times;
  const node = (child: StructuralSchema, step: string, type: string, past = pastless): FieldError[] => {
    const place = { field: `${field}.${step}`, name: `${name}.${type}`, pastless: past };
    return nodeErrors({ schema: child, typed: child, ...place, times: below, costs });
  };
  const errors = ownErrors({ schema, typed, field, name, pastless, times, costs });
  for (const [property, child] of Object.entries(properties))
    errors.push(...node(child, `properties[${property}]`, property));
  if (typeof rest === 'object') errors.push(...node(rest, 'additionalProperties', '@elem'));
  if (items !== undefined) {
    const traced = schema['x-kubernetes-list-type'] === 'map';
    errors.push(...node(items, 'items', '@idx', traced ? pastless : (pastless ?? field)));
  }
  return errors;
}

function ownErrors({ schema, typed, field, name, pastless, times, costs }: Node): FieldError[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  const self = rules.length === 0 ? undefined : typeOfSchema(typed, name);
  if (self === undefined) return [];
  return rules.flatMap((rule, index) => {
    const place = `${field}.x-kubernetes-validations[${index}]`;
    const { compiled, ruleProblem, messageProblem } = compileRule(rule, self);
    const errors = pathErrors(rule, schema, place);
    if (compiled !== undefined) {
      const cost = {
        field: `${place}.rule`,
        cost: estimateCost(compiled.expression, typed) * (times ?? mostInRequest(typed)),
      };
      costs.push(cost);
      errors.push(...costErrors(cost));
    }
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
