import type { CelRule } from '../../../schema';
import { type CelType, dynType, formatType, optionalOf } from './cel-type';
import { TypeCheck } from './check-types';
import { CelSyntaxError, type Expression, parseExpression } from './expression';
import { scopeOf } from './scope';

/** A rule ready to run. */
export interface CompiledRule {
  readonly rule: CelRule;
  readonly expression: Expression;
  readonly message: Expression | undefined;
  /** The rule compares with the value before: it runs on updates only, unless `optionalOldSelf` says otherwise. */
  readonly usesOldSelf: boolean;
}

/** A rule, or why it is none, in the words of a kube-apiserver. */
export interface RuleCompilation {
  readonly compiled: CompiledRule | undefined;
  readonly ruleProblem: string | undefined;
  readonly messageProblem: string | undefined;
}

/** Compiles a rule for values of a type. @param self type of the value that the rule stands at */
export function compileRule(rule: CelRule, self: CelType): RuleCompilation {
  const oldSelf = rule.optionalOldSelf === true ? optionalOf(self) : self;
  const types = scopeOf<CelType>({ self, oldSelf });
  const body = compileText(rule.rule, types, 'bool');
  if ('problem' in body) {
    const ruleProblem = body.mistyped
      ? 'cel expression must evaluate to a bool'
      : `compilation failed: ${body.problem}`;
    return { compiled: undefined, ruleProblem, messageProblem: undefined };
  }
  const message =
    rule.messageExpression === undefined ? undefined : compileText(rule.messageExpression, types, 'string');
  const messageProblem = message !== undefined && 'problem' in message ? describeMessage(message) : undefined;
  const compiled = {
    rule,
    expression: body.expression,
    message: message !== undefined && 'expression' in message ? message.expression : undefined,
    usesOldSelf: mentions(body.expression, 'oldSelf'),
  };
  return { compiled, ruleProblem: undefined, messageProblem };
}

interface Problem {
  readonly problem: string;
  /** The expression is sound and gives another type than it must. */
  readonly mistyped: boolean;
}

function describeMessage({ mistyped, problem }: Problem): string {
  return mistyped ? 'messageExpression must evaluate to a string' : `messageExpression compilation failed: ${problem}`;
}

/** An expression that type-checks and gives what it must, or why not. */
export function compileText(
  source: string,
  types: ReturnType<typeof scopeOf<CelType>>,
  wanted: 'bool' | 'string',
): { readonly expression: Expression } | Problem {
  try {
    const expression = parseExpression(source);
    const check = new TypeCheck();
    const type = check.infer(expression, types);
    if (check.issues.length > 0) return { problem: describeIssues(source, check.issues), mistyped: false };
    const fitting = type.kind === wanted || type.kind === dynType.kind;
    return fitting ? { expression } : { problem: formatType(type), mistyped: true };
  } catch (cause) {
    if (!(cause instanceof CelSyntaxError)) throw cause;
    return { problem: describeIssues(source, [cause]), mistyped: false };
  }
}

function describeIssues(
  source: string,
  issues: readonly { readonly position: number; readonly message: string }[],
): string {
  const sorted = [...issues].sort((left, right) => left.position - right.position);
  return sorted.map(({ position, message }) => describeIssue(source, position, message)).join('\n');
}

/** An issue with the line it stands in and a caret below its place, as CEL prints it. */
function describeIssue(source: string, position: number, message: string): string {
  const before = source.slice(0, position);
  const line = before.split('\n').length;
  const column = position - (before.lastIndexOf('\n') + 1);
  const text = source.split('\n')[line - 1] ?? '';
  return `ERROR: <input>:${line}:${column + 1}: ${message}\n | ${text}\n | ${'.'.repeat(column)}^`;
}

/** Does the expression name this variable anywhere? */
function mentions(expression: Expression, name: string): boolean {
  switch (expression.kind) {
    case 'literal':
      return false;
    case 'identifier':
      return expression.name === name;
    case 'select':
    case 'has':
      return mentions(expression.operand, name);
    case 'index':
      return mentions(expression.operand, name) || mentions(expression.index, name);
    case 'list':
      return expression.items.some((item) => mentions(item, name));
    case 'map':
      return expression.entries.some((entry) => entry.some((part) => mentions(part, name)));
    case 'macro':
      return [expression.range, ...expression.bodies].some((part) => mentions(part, name));
    case 'call':
      return [...(expression.target === undefined ? [] : [expression.target]), ...expression.args].some((part) =>
        mentions(part, name),
      );
  }
}
