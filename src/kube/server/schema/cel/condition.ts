import { isList, isObject } from '../json-shape';
import { Budget } from './budget';
import { CelError } from './cel-value';
import { dynType, type CelType } from './cel-type';
import { compileText } from './compile-rule';
import { Evaluation } from './evaluate';
import type { Expression } from './expression';
import { scopeOf } from './scope';

/** An expression over JSON values that have no schema: match conditions of webhooks. */
export interface Condition {
  /** @throws CelError when the expression is faulty for these values, CelCostError when it costs too much */
  holds(values: Readonly<Record<string, unknown>>): boolean;
}

/** Compiles a condition over these names. @returns it, or what is wrong in a kube-apiserver's words */
export function compileCondition(source: string, names: readonly string[]): Condition | { readonly problem: string } {
  const types = scopeOf<CelType>(Object.fromEntries(names.map((name) => [name, dynType])));
  const body = compileText(source, types, 'bool');
  if ('expression' in body) return conditionOf(body.expression);
  return { problem: body.mistyped ? 'must evaluate to bool' : `compilation failed: ${body.problem}` };
}

function conditionOf(expression: Expression): Condition {
  return {
    holds(values) {
      const entries = Object.entries(values).map(([name, value]) => [name, dynamicValue(value)] as const);
      const result = new Evaluation(new Budget()).run(expression, scopeOf<unknown>(Object.fromEntries(entries)));
      if (typeof result === 'boolean') return result;
      throw new CelError('cel expression must evaluate to a bool');
    },
  };
}

/** JSON as CEL sees it when no schema says more: whole numbers are integers. */
function dynamicValue(value: unknown): unknown {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (isList(value)) return value.map(dynamicValue);
  if (!isObject(value)) return value;
  return new Map(Object.entries(value).map(([name, child]) => [name, dynamicValue(child)]));
}
