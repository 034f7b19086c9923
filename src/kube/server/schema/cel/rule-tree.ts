import type { StructuralSchema } from '../../../schema';
import { compileRule, type RuleCompilation } from './compile-rule';
import { typeOfSchema, withRuleMeta } from './schema-type';

/** The rules of a schema node and of what lies below it. */
export interface RuleTree {
  readonly schema: StructuralSchema;
  readonly rules: readonly RuleCompilation[];
  readonly properties: ReadonlyMap<string, RuleTree>;
  readonly rest: RuleTree | undefined;
  readonly items: RuleTree | undefined;
  /** Rules inside `allOf`, about the same value. */
  readonly allOf: readonly RuleTree[];
}

/** Compiles the rules of a whole object's schema; `undefined` when it has none. */
export function compileRules(schema: StructuralSchema): RuleTree | undefined {
  return compileNode(schema, withRuleMeta(schema), 'selfType');
}

/** Compiles the rules of a part of an object's schema, to be run on a value of that part. */
export function compileRulesAt(schema: StructuralSchema): RuleTree | undefined {
  return compileNode(schema, schema, 'selfType');
}

function compileNode(rules: StructuralSchema, schema: StructuralSchema, name: string): RuleTree | undefined {
  const own = rules['x-kubernetes-validations'] ?? [];
  const self = own.length === 0 ? undefined : typeOfSchema(schema, name);
  const tree = {
    schema,
    rules:
      self === undefined ? [] : own.filter(({ rule }) => rule.trim() !== '').map((rule) => compileRule(rule, self)),
    properties: compileProperties(rules, schema, name),
    rest: compileBelow(rules.additionalProperties, schema.additionalProperties, `${name}.@elem`),
    items: compileBelow(rules.items, schema.items, `${name}.@idx`),
    allOf: (rules.allOf ?? []).flatMap((part) => compileNode(part, schema, name) ?? []),
  };
  const empty = tree.rules.length === 0 && tree.properties.size === 0 && tree.allOf.length === 0;
  return empty && tree.rest === undefined && tree.items === undefined ? undefined : tree;
}

function compileProperties(
  rules: StructuralSchema,
  schema: StructuralSchema,
  name: string,
): ReadonlyMap<string, RuleTree> {
  const trees = new Map<string, RuleTree>();
  for (const [property, child] of Object.entries(rules.properties ?? {})) {
    const typed = schema.properties?.[property];
    const tree = typed === undefined ? undefined : compileNode(child, typed, `${name}.${property}`);
    if (tree !== undefined) trees.set(property, tree);
  }
  return trees;
}

function compileBelow(
  rules: StructuralSchema | boolean | undefined,
  schema: StructuralSchema | boolean | undefined,
  name: string,
): RuleTree | undefined {
  return typeof rules === 'object' && typeof schema === 'object' ? compileNode(rules, schema, name) : undefined;
}
