import type { StructuralSchema } from '../../../schema';
import { escapeName } from './escape-name';
import type { Expression, MacroExpression } from './expression';
import { lookUp, type Scope, scopeOf } from './scope';

/** Most that one rule may cost in the worst case (Kubernetes: StaticEstimatedCostLimit). */
export const ESTIMATED_RULE_LIMIT = 10_000_000;
/** Most that all rules of a schema may cost together (Kubernetes: StaticEstimatedCRDCostLimit). */
export const ESTIMATED_SCHEMA_LIMIT = 100_000_000;
/** The longest request, which bounds what no schema bounds. */
const REQUEST_BYTES = 3 * 1024 * 1024;
/** Reading or comparing texts costs so much for each byte. */
const COST_PER_BYTE = 0.1;

/** What is known of a value: its schema, or nothing. */
type Known = StructuralSchema | undefined;

/**
 * The least that a rule costs for the largest value that its schema allows, in CEL's cost units. Where the size of a value is
 * not known, nothing is added: a rule that is refused here is refused by a kube-apiserver too, not the other way round.
 */
export function estimateCost(expression: Expression, self: StructuralSchema): number {
  return costOf(expression, scopeOf<Known>({ self, oldSelf: self }));
}

function costOf(expression: Expression, scope: Scope<Known> | undefined): number {
  const sum = (parts: readonly Expression[]): number => parts.reduce((total, part) => total + costOf(part, scope), 0);
  switch (expression.kind) {
    case 'literal':
      return 0;
    case 'identifier':
      return 1;
    case 'select':
      return 1 + costOf(expression.operand, scope);
    case 'has':
      return costOf(expression.operand, scope);
    case 'index':
      return 1 + sum([expression.operand, expression.index]);
    case 'list':
      return 10 + sum(expression.items);
    case 'map':
      return 30 + sum(expression.entries.flat());
    case 'call':
      if (expression.name === '_?_:_') return conditionalCost(expression.args, scope);
      return (FREE.has(expression.name) ? 0 : 1) + sum(argumentsOf(expression)) + textCost(expression, scope);
    case 'macro':
      return macroCost(expression, scope);
  }
}

/** Calls that cost nothing beside their arguments. */
const FREE = new Set(['_&&_', '_||_', '_==_', '_!=_']);

/** The condition and the dearer of the two sides. */
function conditionalCost(args: readonly Expression[], scope: Scope<Known> | undefined): number {
  const [condition = 0, ...sides] = args.map((part) => costOf(part, scope));
  return condition + Math.max(0, ...sides);
}

type Call = Expression & { readonly kind: 'call' };

function argumentsOf({ target, args }: Call): readonly Expression[] {
  return target === undefined ? args : [target, ...args];
}

const COMPARING = new Set(['_==_', '_!=_', '_<_', '_<=_', '_>_', '_>=_']);
const READING = new Set(['contains', 'startsWith', 'endsWith', 'matches', 'find', 'findAll', 'split', 'lowerAscii']);

/** Comparisons read the shorter text, searches at least the one they search in. */
function textCost(call: Call, scope: Scope<Known> | undefined): number {
  const lengths = argumentsOf(call).map((part) => textLength(part, scope));
  const [first = 0] = lengths;
  if (COMPARING.has(call.name)) return Math.min(...lengths) * COST_PER_BYTE;
  return READING.has(call.name) && call.name !== 'startsWith' && call.name !== 'endsWith' ? first * COST_PER_BYTE : 0;
}

function textLength(expression: Expression, scope: Scope<Known> | undefined): number {
  if (expression.kind === 'literal') return typeof expression.value === 'string' ? expression.value.length : 0;
  const schema = schemaOf(expression, scope);
  return schema?.type === 'string' ? longestText(schema) : 0;
}

/** Every item costs its body and the step of the loop. */
function macroCost({ range, bodies, variables }: MacroExpression, scope: Scope<Known> | undefined): number {
  const list = schemaOf(range, scope);
  const size = list === undefined ? 1 : largestSize(list);
  const names = Object.fromEntries(
    variables.map((name, index) => [name, variableSchema(list, index, variables.length)]),
  );
  const inner = scopeOf<Known>(names, scope);
  const body = bodies.reduce((total, part) => total + costOf(part, inner), 0);
  return costOf(range, scope) + size * (body + 1);
}

/** The items of a list, the keys of a map; with two variables the first is the index or key. */
function variableSchema(list: Known, index: number, count: number): Known {
  if (list === undefined) return undefined;
  if (count > 1 && index === 0) return undefined;
  if (list.type === 'array') return list.items;
  return count > 1 && typeof list.additionalProperties === 'object' ? list.additionalProperties : undefined;
}

/** The schema of a value that is read from `self` step by step. */
function schemaOf(expression: Expression, scope: Scope<Known> | undefined): Known {
  if (expression.kind === 'identifier') return lookUp(scope, expression.name)?.value;
  if (expression.kind === 'select') {
    const { properties = {}, additionalProperties: rest } = schemaOf(expression.operand, scope) ?? {};
    const name = Object.keys(properties).find((property) => escapeName(property) === expression.field);
    return name === undefined ? (typeof rest === 'object' ? rest : undefined) : properties[name];
  }
  if (expression.kind !== 'index') return undefined;
  const { items, additionalProperties: rest } = schemaOf(expression.operand, scope) ?? {};
  return items ?? (typeof rest === 'object' ? rest : undefined);
}

/** How many items or entries a value can have: what the schema allows, else what fits a request. */
function largestSize({ type, maxItems, maxProperties, items, additionalProperties: rest }: StructuralSchema): number {
  if (type === 'array') return maxItems ?? Math.floor((REQUEST_BYTES - 2) / (shortestJson(items) + 1));
  if (type !== 'object' || typeof rest !== 'object') return 1;
  return maxProperties ?? Math.floor((REQUEST_BYTES - 2) / (shortestJson(rest) + 6));
}

/** How many values of a schema fit into one request. */
export function mostInRequest(schema: StructuralSchema): number {
  return Math.floor(REQUEST_BYTES / (shortestJson(schema) + 1));
}

function longestText({ maxLength, enum: values, format }: StructuralSchema): number {
  if (values !== undefined) return Math.max(...values.map((value) => String(value).length));
  if (format !== undefined) return 0;
  return maxLength === undefined ? REQUEST_BYTES - 2 : maxLength;
}

/** The fewest bytes that a value takes in JSON. */
function shortestJson(schema: StructuralSchema | undefined): number {
  switch (schema?.type) {
    case 'string':
      return 2;
    case 'boolean':
      return 4;
    case 'array':
      return 2;
    case 'object': {
      const { properties = {}, required = [] } = schema;
      return required.reduce((bytes, name) => bytes + name.length + 4 + shortestJson(properties[name]), 2);
    }
    default:
      return 1;
  }
}
