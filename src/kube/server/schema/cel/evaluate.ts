import type { Budget } from './budget';
import { celEqual, CelError, type CelMap, CelOptional, CelTypeValue, isCelList, isCelMap } from './cel-value';
import { type Expression, TYPE_NAMES } from './expression';
import { showValue } from './format-text';
import { functionTable } from './function-table';
import { runMacro } from './macros';
import { fits, functionKey } from './overload';
import { lookUp, type Scope, scopeOf } from './scope';

/** Runs an expression. Every step is charged to the budget, so that none runs for long. */
export class Evaluation {
  constructor(readonly budget: Budget) {}

  /** @throws CelError when the expression is faulty for these values, CelCostError when it costs too much */
  run(expression: Expression, scope: Scope<unknown> | undefined): unknown {
    if (expression.kind === 'literal') return expression.value;
    this.budget.spend(1);
    switch (expression.kind) {
      case 'identifier':
        return identifier(expression.name, scope);
      case 'select':
        return select(this.run(expression.operand, scope), expression.field, expression.optional);
      case 'has':
        return has(this.run(expression.operand, scope), expression.field);
      case 'index':
        return index(this.run(expression.operand, scope), this.run(expression.index, scope), expression.optional);
      case 'list':
        this.budget.spend(10);
        return expression.items.map((item) => this.run(item, scope));
      case 'map':
        return this.mapLiteral(expression.entries, scope);
      case 'macro':
        return runMacro(this, expression, scope);
      case 'call':
        return this.call(expression, scope);
    }
  }

  /** Runs an expression with more names. */
  runWith(
    expression: Expression,
    names: Readonly<Record<string, unknown>>,
    scope: Scope<unknown> | undefined,
  ): unknown {
    return this.run(expression, scopeOf(names, scope));
  }

  private mapLiteral(
    entries: readonly (readonly [Expression, Expression])[],
    scope: Scope<unknown> | undefined,
  ): CelMap {
    this.budget.spend(30);
    const map = new Map<unknown, unknown>();
    for (const [key, value] of entries) {
      const name = this.run(key, scope);
      if (map.has(name)) throw new CelError(`Failed with repeated key: ${showValue(name)}`);
      map.set(name, this.run(value, scope));
    }
    return map;
  }

  private call(
    { name, target, args }: Expression & { readonly kind: 'call' },
    scope: Scope<unknown> | undefined,
  ): unknown {
    if (name === '_&&_' || name === '_||_') return this.logical(args, name === '_||_', scope);
    if (name === '_?_:_') return this.conditional(args, scope);
    const operands = target === undefined ? args : [target, ...args];
    const values = operands.map((operand) => this.run(operand, scope));
    this.budget.spend(sizeCost(values));
    if (name === '_==_') return celEqual(values[0], values[1]);
    if (name === '_!=_') return !celEqual(values[0], values[1]);
    const overloads = functionTable.get(functionKey(name, target !== undefined)) ?? [];
    const overload = overloads.find(
      ({ parameters }) =>
        parameters.length === values.length && parameters.every((type, place) => fits(values[place], type)),
    );
    if (overload === undefined) throw new CelError('no such overload');
    return overload.run(values, this.budget);
  }

  /** One side that decides makes the other side's fault irrelevant. */
  private logical(args: readonly Expression[], decisive: boolean, scope: Scope<unknown> | undefined): boolean {
    let fault: CelError | undefined;
    for (const argument of args) {
      const value = this.attempt(argument, scope);
      if (value === decisive) return decisive;
      if (value instanceof CelError) fault ??= value;
      else if (typeof value !== 'boolean') fault ??= new CelError('no such overload');
    }
    if (fault !== undefined) throw fault;
    return !decisive;
  }

  private conditional(args: readonly Expression[], scope: Scope<unknown> | undefined): unknown {
    const [condition, yes, no] = args;
    const value = condition === undefined ? undefined : this.run(condition, scope);
    const branch = value === true ? yes : no;
    if (typeof value !== 'boolean' || branch === undefined) throw new CelError('no such overload');
    return this.run(branch, scope);
  }

  /** Runs an expression and gives its fault back as a value. Running out of budget is no such fault. */
  attempt(expression: Expression, scope: Scope<unknown> | undefined): unknown {
    try {
      return this.run(expression, scope);
    } catch (fault) {
      if (fault instanceof CelError) return fault;
      throw fault;
    }
  }
}

/** Reading long texts and lists costs by their length. */
function sizeCost(values: readonly unknown[]): number {
  let cost = 0;
  for (const value of values) {
    if (typeof value === 'string' || isCelList(value) || value instanceof Uint8Array)
      cost += Math.ceil(value.length / 10);
    else if (isCelMap(value)) cost += Math.ceil(value.size / 10);
  }
  return cost;
}

function identifier(name: string, scope: Scope<unknown> | undefined): unknown {
  const found = lookUp(scope, name);
  if (found !== undefined) return found.value;
  if (TYPE_NAMES.has(name)) return new CelTypeValue(name);
  throw new CelError(`undeclared reference to '${name}' (in container '')`);
}

function select(operand: unknown, field: string, optional: boolean): unknown {
  if (operand instanceof CelOptional) {
    return operand.hasValue && has(operand.value, field)
      ? CelOptional.of(select(operand.value, field, false))
      : CelOptional.none;
  }
  if (!isCelMap(operand)) throw new CelError('no such overload');
  if (operand.has(field)) return optional ? CelOptional.of(operand.get(field)) : operand.get(field);
  if (optional) return CelOptional.none;
  throw new CelError(`no such key: ${field}`);
}

function has(operand: unknown, field: string): boolean {
  if (operand instanceof CelOptional) return operand.hasValue && has(operand.value, field);
  if (!isCelMap(operand)) throw new CelError('no such overload');
  return operand.has(field);
}

function index(operand: unknown, key: unknown, optional: boolean): unknown {
  if (operand instanceof CelOptional) {
    return operand.hasValue ? optionalIndex(operand.value, key) : CelOptional.none;
  }
  if (optional) return optionalIndex(operand, key);
  if (isCelMap(operand)) {
    if (operand.has(key)) return operand.get(key);
    throw new CelError(`no such key: ${showValue(key)}`);
  }
  if (!isCelList(operand)) throw new CelError('no such overload');
  const place = listIndex(key);
  if (place < 0 || place >= operand.length) throw new CelError(`index out of bounds: ${place}`);
  return operand[place];
}

function optionalIndex(operand: unknown, key: unknown): CelOptional {
  if (isCelMap(operand)) return operand.has(key) ? CelOptional.of(operand.get(key)) : CelOptional.none;
  if (!isCelList(operand)) throw new CelError('no such overload');
  const place = listIndex(key);
  return place >= 0 && place < operand.length ? CelOptional.of(operand[place]) : CelOptional.none;
}

function listIndex(key: unknown): number {
  if (typeof key === 'bigint') return Number(key);
  if (typeof key === 'number' && Number.isInteger(key)) return key;
  throw new CelError(`unsupported index value: ${showValue(key)}`);
}
