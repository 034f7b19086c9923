import { boolType, type CelType, dynType, formatType, listOf, mapOf, optionalOf, typeType } from './cel-type';
import { type Expression, type MacroExpression, TYPE_NAMES } from './expression';
import { functionTable } from './function-table';
import { checkLiteral } from './literal-arguments';
import { functionKey } from './overload';
import { lookUp, type Scope, scopeOf } from './scope';
import {
  elementType,
  isOperator,
  type ItemTypes,
  itemTypes,
  literalType,
  noOverload,
  resultType,
  specialCall,
} from './type-rules';
import { join } from './unify';

/** One thing that the type checker found. */
export interface TypeIssue {
  readonly position: number;
  readonly message: string;
}

type Types = Scope<CelType> | undefined;

/** Finds the type of an expression and everything that is wrong with it. */
export class TypeCheck {
  readonly issues: TypeIssue[] = [];

  /** The type; `dyn` after a fault, so that one fault is reported once. */
  infer(expression: Expression, scope: Types): CelType {
    switch (expression.kind) {
      case 'literal':
        return literalType(expression.value);
      case 'identifier':
        return this.identifier(expression.name, expression.position, scope);
      case 'select':
        return this.select(expression, scope);
      case 'has':
        this.field(this.infer(expression.operand, scope), expression.field, expression.position);
        return boolType;
      case 'index':
        return this.index(expression, scope);
      case 'list':
        return listOf(this.sameTypes(expression.items, scope));
      case 'map': {
        const keys = this.sameTypes(
          expression.entries.map(([key]) => key),
          scope,
        );
        return mapOf(
          keys,
          this.sameTypes(
            expression.entries.map(([, value]) => value),
            scope,
          ),
        );
      }
      case 'macro':
        return this.macro(expression, scope);
      case 'call':
        return this.call(expression, scope);
    }
  }

  private report(position: number, message: string): CelType {
    this.issues.push({ position, message });
    return dynType;
  }

  private identifier(name: string, position: number, scope: Types): CelType {
    const found = lookUp(scope, name);
    if (found !== undefined) return found.value;
    return TYPE_NAMES.has(name)
      ? typeType
      : this.report(position, `undeclared reference to '${name}' (in container '')`);
  }

  private select(expression: Expression & { readonly kind: 'select' }, scope: Types): CelType {
    const operand = this.infer(expression.operand, scope);
    const inner = operand.kind === 'optional' ? operand.value : operand;
    const field = this.field(inner, expression.field, expression.position);
    return operand.kind === 'optional' || expression.optional ? optionalOf(field) : field;
  }

  private field(operand: CelType, name: string, position: number): CelType {
    switch (operand.kind) {
      case 'dyn':
      case 'param':
        return dynType;
      case 'optional':
        return this.field(operand.value, name, position);
      case 'map':
        return operand.value;
      case 'object':
        return operand.fields.get(name) ?? this.report(position, `undefined field '${name}'`);
      default:
        return this.report(position, `type '${formatType(operand)}' does not support field selection`);
    }
  }

  private index(
    { operand, index, optional, position }: Expression & { readonly kind: 'index' },
    scope: Types,
  ): CelType {
    const [container, key] = [this.infer(operand, scope), this.infer(index, scope)];
    const inner = container.kind === 'optional' ? container.value : container;
    const element = elementType(inner, key);
    if (element === undefined) {
      const types = `(${formatType(container)}, ${formatType(key)})`;
      return this.report(position, `found no matching overload for '_[_]' applied to '${types}'`);
    }
    return container.kind === 'optional' || optional ? optionalOf(element) : element;
  }

  private sameTypes(expressions: readonly Expression[], scope: Types): CelType {
    let joined: CelType | undefined;
    for (const expression of expressions) {
      const type = this.infer(expression, scope);
      const next = joined === undefined ? type : join(joined, type);
      if (next === undefined) {
        const [wanted, found] = [formatType(joined ?? dynType), formatType(type)];
        return this.report(expression.position, `expected type '${wanted}' but found '${found}'`);
      }
      joined = next;
    }
    return joined ?? dynType;
  }

  private call(expression: Expression & { readonly kind: 'call' }, scope: Types): CelType {
    const { name, target, args, position } = expression;
    const operands = target === undefined ? args : [target, ...args];
    const types = operands.map((operand) =>
      name === 'format' ? this.inferMixed(operand, scope) : this.infer(operand, scope),
    );
    const literal = checkLiteral(name, args);
    if (literal !== undefined) this.report(literal.position, literal.message);
    const special = specialCall(name, types);
    if (special !== undefined) return special;
    const overloads = functionTable.get(functionKey(name, target !== undefined));
    if (overloads === undefined && !isOperator(name))
      return this.report(position, `undeclared reference to '${name}' (in container '')`);
    return resultType(overloads ?? [], types) ?? this.report(position, noOverload(name, types, target !== undefined));
  }

  /** The arguments of `format` are a list whose items need not agree. */
  private inferMixed(expression: Expression, scope: Types): CelType {
    if (expression.kind !== 'list') return this.infer(expression, scope);
    for (const item of expression.items) this.infer(item, scope);
    return listOf(dynType);
  }

  private macro(macro: MacroExpression, scope: Types): CelType {
    const range = this.infer(macro.range, scope);
    const [first = '', second] = macro.variables;
    if (macro.name === 'optMap' || macro.name === 'optFlatMap') {
      const held = range.kind === 'optional' ? range.value : dynType;
      const result = this.body(macro, 0, scopeOf({ [first]: held }, scope));
      return macro.name === 'optMap' ? optionalOf(result) : result;
    }
    const items = itemTypes(range);
    if (items === undefined) {
      const type = formatType(range);
      return this.report(
        macro.range.position,
        `expression of type '${type}' cannot be range of a comprehension (must be list, map, or dynamic)`,
      );
    }
    const names = second === undefined ? { [first]: items.single } : { [first]: items.key, [second]: items.value };
    return this.loop(macro, items, scopeOf(names, scope));
  }

  private loop(macro: MacroExpression, { single, key }: ItemTypes, scope: Types): CelType {
    switch (macro.name) {
      case 'all':
      case 'exists':
      case 'exists_one':
        this.condition(macro, scope);
        return boolType;
      case 'filter':
        this.condition(macro, scope);
        return listOf(single);
      case 'sortBy':
        this.body(macro, 0, scope);
        return listOf(single);
      default: {
        if (macro.bodies.length > 1) this.condition(macro, scope);
        const result = this.body(macro, macro.bodies.length - 1, scope);
        if (macro.name === 'transformMap') return mapOf(key, result);
        return macro.name === 'transformMapEntry' ? result : listOf(result);
      }
    }
  }

  private condition(macro: MacroExpression, scope: Types): void {
    const type = this.body(macro, 0, scope);
    if (type.kind === 'bool' || type.kind === 'dyn') return;
    this.report(macro.bodies[0]?.position ?? macro.position, `expected type 'bool' but found '${formatType(type)}'`);
  }

  private body(macro: MacroExpression, place: number, scope: Types): CelType {
    const expression = macro.bodies[place];
    return expression === undefined ? dynType : this.infer(expression, scope);
  }
}
