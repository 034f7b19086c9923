import { jsonEqual } from '../../../../kernel';
import type { CelRule } from '../../../schema';
import { type FieldError, forbidden, invalid, invalidWithoutValue, required, duplicate } from '../field-error';
import { childPath, isList, isObject, type JsonObject } from '../json-shape';
import { Budget, OBJECT_LIMIT, RULE_LIMIT } from './budget';
import { CelCostError, CelError, CelOptional } from './cel-value';
import type { CompiledRule, RuleCompilation } from './compile-rule';
import { Evaluation } from './evaluate';
import { normalizeFieldPath } from './field-path';
import type { RuleTree } from './rule-tree';
import { toCelValue } from './schema-value';
import { scopeOf } from './scope';

const NO_FIELD = '<nil>';
const MESSAGE_LIMIT_BYTES = 5 * 1024;

/** A value, and what it was before if that can be told. */
interface Place {
  readonly value: unknown;
  readonly old: unknown;
  /** The value, or something around it, is as it was: faults that were there before do not block the update. */
  readonly unchanged: boolean;
  readonly path: string;
}

/**
 * Runs the rules of a whole object (https://kubernetes.io/docs/reference/using-api/cel/). On update, faults of unchanged
 * parts are left out (ratcheting). When the work passes what one object may cost, the rest is not run, and says so.
 */
export function validateRules(tree: RuleTree, object: unknown, oldObject?: unknown, path = ''): FieldError[] {
  const run = new RuleRun();
  const unchanged = oldObject !== undefined && jsonEqual(object, oldObject);
  run.visit(tree, { value: object, old: oldObject, unchanged, path });
  return run.errors;
}

/** Ends the run: the budget is spent. */
class OutOfBudget extends Error {}

class RuleRun {
  readonly errors: FieldError[] = [];
  private remaining = OBJECT_LIMIT;

  visit(tree: RuleTree, place: Place): void {
    try {
      this.node(tree, place);
    } catch (cause) {
      if (!(cause instanceof OutOfBudget)) throw cause;
    }
  }

  private node(tree: RuleTree, place: Place): void {
    if (place.value === null || place.value === undefined) return;
    if (tree.rules.length > 0) this.rules(tree, place);
    for (const part of tree.allOf) this.node(part, place);
    if (isList(place.value)) this.list(tree, place.value, place);
    else if (isObject(place.value)) this.map(tree, place.value, place);
  }

  private map(tree: RuleTree, value: JsonObject, place: Place): void {
    const old = isObject(place.old) ? place.old : {};
    for (const [name, child] of Object.entries(value)) {
      const known = tree.properties.get(name);
      if (known !== undefined) this.below(known, child, old[name], { ...place, path: childPath(place.path, name) });
      else if (tree.rest !== undefined)
        this.below(tree.rest, child, old[name], { ...place, path: `${place.path}[${name}]` });
    }
  }

  /** Items of map lists are told apart by their keys; other items have no past. */
  private list(tree: RuleTree, value: readonly unknown[], place: Place): void {
    if (tree.items === undefined) return;
    const keys =
      tree.schema['x-kubernetes-list-type'] === 'map' ? (tree.schema['x-kubernetes-list-map-keys'] ?? []) : [];
    const before = new Map((isList(place.old) ? place.old : []).map((item) => [itemKey(item, keys), item]));
    for (const [index, item] of value.entries()) {
      const old = keys.length === 0 ? undefined : before.get(itemKey(item, keys));
      this.below(tree.items, item, old, { ...place, path: `${place.path}[${index}]` });
    }
  }

  private below(tree: RuleTree, value: unknown, old: unknown, { unchanged, path }: Place): void {
    this.node(tree, { value, old, unchanged: unchanged || (old !== undefined && jsonEqual(value, old)), path });
  }

  private rules(tree: RuleTree, place: Place): void {
    const type = tree.schema.type ?? '';
    const path = place.path === '' ? NO_FIELD : place.path;
    let values: { readonly self: unknown; readonly oldSelf: unknown };
    try {
      const oldSelf = place.old === undefined || place.old === null ? undefined : toCelValue(place.old, tree.schema);
      values = { self: toCelValue(place.value, tree.schema), oldSelf };
    } catch (cause) {
      if (!(cause instanceof CelError)) throw cause;
      this.errors.push(invalid(path, type, cause.message));
      return;
    }
    for (const rule of tree.rules) this.rule(rule, tree, { ...place, path }, values);
  }

  private rule(
    { compiled, ruleProblem }: RuleCompilation,
    tree: RuleTree,
    place: Place,
    { self, oldSelf }: { readonly self: unknown; readonly oldSelf: unknown },
  ): void {
    const type = tree.schema.type ?? '';
    if (compiled === undefined) {
      this.errors.push(invalid(place.path, type, `rule compile error: ${ruleProblem ?? ''}`));
      return;
    }
    const optional = compiled.rule.optionalOldSelf === true;
    if (compiled.usesOldSelf && oldSelf === undefined && !optional) return;
    const names = {
      self,
      oldSelf: optional ? (oldSelf === undefined ? CelOptional.none : CelOptional.of(oldSelf)) : oldSelf,
    };
    const outcome = this.evaluate(compiled, names, type, place.path);
    if (outcome !== false) return;
    // A kube-apiserver gives messages the old value as it is, even where the rule has it as an optional.
    const known = oldSelf === undefined ? { self } : { self, oldSelf };
    const detail = this.message(compiled, known, type, place.path) ?? describeRule(compiled.rule, 'failed rule: ');
    if (compiled.usesOldSelf || !place.unchanged) this.errors.push(ruleError(compiled.rule, tree, place, detail));
  }

  /** @returns false when the rule does not hold; faults are reported here */
  private evaluate(
    compiled: CompiledRule,
    names: Readonly<Record<string, unknown>>,
    type: string,
    path: string,
  ): unknown {
    const budget = new Budget(Math.min(RULE_LIMIT, this.remaining));
    try {
      return new Evaluation(budget).run(compiled.expression, scopeOf(names));
    } catch (cause) {
      if (cause instanceof CelCostError) throw this.outOfBudget(cause, compiled.rule, type, path);
      if (!(cause instanceof CelError)) throw cause;
      this.errors.push(invalid(path, type, describeFault(cause, compiled.rule)));
      return undefined;
    } finally {
      this.remaining -= budget.spent;
    }
  }

  private outOfBudget(cause: CelCostError, rule: CelRule, type: string, path: string): OutOfBudget {
    const text =
      this.remaining < RULE_LIMIT
        ? 'validation failed due to running out of cost budget, no further validation rules will be run'
        : `'${cause.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${describeRule(rule)}`;
    this.errors.push(invalid(path, type, text));
    return new OutOfBudget();
  }

  /** The message of a failed rule, when it has an expression for it that gives one usable line. */
  private message(
    compiled: CompiledRule,
    names: Readonly<Record<string, unknown>>,
    type: string,
    path: string,
  ): string | undefined {
    if (compiled.message === undefined) return fixedMessage(compiled.rule);
    const budget = new Budget(Math.min(RULE_LIMIT, this.remaining));
    try {
      const value = new Evaluation(budget).run(compiled.message, scopeOf(names));
      const text = typeof value === 'string' ? value.trim() : '';
      const usable = text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= MESSAGE_LIMIT_BYTES;
      return usable ? text : fixedMessage(compiled.rule);
    } catch (cause) {
      if (cause instanceof CelCostError) {
        const source = JSON.stringify(compiled.rule.messageExpression);
        const detail = `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${source}`;
        this.errors.push(invalid(path, type, detail));
        throw new OutOfBudget();
      }
      if (!(cause instanceof CelError)) throw cause;
      return fixedMessage(compiled.rule);
    } finally {
      this.remaining -= budget.spent;
    }
  }
}

function itemKey(item: unknown, keys: readonly string[]): string {
  return isObject(item) ? JSON.stringify(keys.map((key) => item[key])) : '';
}

function fixedMessage({ message }: CelRule): string | undefined {
  return message === undefined || message === '' ? undefined : message.trim();
}

/** How a rule is called in messages: by its own message, else by its text. */
function describeRule(rule: CelRule, prefix = ''): string {
  return fixedMessage(rule) ?? `${prefix}${rule.rule.trim()}`;
}

function describeFault({ message }: CelError, rule: CelRule): string {
  if (!message.startsWith('no such overload')) return `${message} evaluating rule: ${describeRule(rule)}`;
  return `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${describeRule(rule)}`;
}

function ruleError(rule: CelRule, tree: RuleTree, { path, value }: Place, detail: string): FieldError {
  const below = rule.fieldPath === undefined ? undefined : normalizeFieldPath(rule.fieldPath, tree.schema);
  const field = below === undefined ? path : childPath(path === NO_FIELD ? '' : path, below);
  const structured = tree.schema.type === 'object' || tree.schema.type === 'array';
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return forbidden(field, detail);
    case 'FieldValueRequired':
      return required(field, detail);
    case 'FieldValueDuplicate':
      return structured ? { field, reason: 'FieldValueDuplicate', detail: 'Duplicate value' } : duplicate(field, value);
    default:
      return structured ? invalidWithoutValue(field, detail) : invalid(field, value, detail);
  }
}
