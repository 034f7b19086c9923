import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';

import { CelUint } from './cel-value';

/** Where in the source a node stands (0-based offset). */
interface Placed {
  readonly position: number;
}

/** An expression, with operators as calls (`_+_`) and macros as nodes of their own. */
export type Expression =
  | (Placed & { readonly kind: 'literal'; readonly value: unknown })
  | (Placed & { readonly kind: 'identifier'; readonly name: string })
  | (Placed & {
      readonly kind: 'select';
      readonly operand: Expression;
      readonly field: string;
      readonly optional: boolean;
    })
  | (Placed & {
      readonly kind: 'has';
      readonly operand: Expression;
      readonly field: string;
      readonly optional: boolean;
    })
  | (Placed & {
      readonly kind: 'index';
      readonly operand: Expression;
      readonly index: Expression;
      readonly optional: boolean;
    })
  | (Placed & {
      readonly kind: 'call';
      readonly name: string;
      readonly target: Expression | undefined;
      readonly args: readonly Expression[];
    })
  | (Placed & { readonly kind: 'list'; readonly items: readonly Expression[] })
  | (Placed & { readonly kind: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] })
  | MacroExpression;

/** Names of the macros that run over a list or map, or over an optional value. */
export type MacroName =
  | 'all'
  | 'exists'
  | 'exists_one'
  | 'filter'
  | 'map'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry'
  | 'sortBy'
  | 'optMap'
  | 'optFlatMap';

/** A macro: `range.all(x, body)`; with two variables the first is the index or key. */
export interface MacroExpression extends Placed {
  readonly kind: 'macro';
  readonly name: MacroName;
  readonly range: Expression;
  readonly variables: readonly string[];
  /** The condition of `filter`, the filter of a three-argument `map`. */
  readonly bodies: readonly Expression[];
}

/** Types that rules may name: `type(self.port) == int`. */
export const TYPE_NAMES: ReadonlySet<string> = new Set([
  ...['bool', 'int', 'uint', 'double', 'string', 'bytes', 'list', 'map', 'null_type', 'type'],
  ...['google.protobuf.Timestamp', 'google.protobuf.Duration'],
]);

/** The expression is not CEL. `position` is where. */
export class CelSyntaxError extends Error {
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(message);
    this.name = 'CelSyntaxError';
  }
}

/** Longest rule, in code points, as in cel-go. */
const LENGTH_LIMIT = 100_000;

const parser = new Environment({
  unlistedVariablesAreDyn: true,
  enableOptionalTypes: true,
  limits: { maxAstNodes: 20_000, maxDepth: 250, maxListElements: 10_000, maxMapEntries: 10_000, maxCallArguments: 64 },
});

/** Parses CEL. @throws CelSyntaxError when it is none, or too long or deep */
export function parseExpression(source: string): Expression {
  if (source.length > LENGTH_LIMIT) {
    throw new CelSyntaxError(
      `expression code point size exceeds limit: size: ${source.length}, limit ${LENGTH_LIMIT}`,
      0,
    );
  }
  try {
    return convert(parser.parse(source).ast);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    const { start, end } = cause.range ?? { start: 0, end: 0 };
    throw new CelSyntaxError(`Syntax error: ${describeSyntax(cause.summary, source.slice(start, end))}`, start);
  }
}

/** What may begin an operand, as cel-go lists it. */
const OPERAND =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

/** The parser's finding in cel-go's words, where there is a counterpart. */
function describeSyntax(summary: string, text: string): string {
  if (!summary.startsWith('Unexpected token')) return summary;
  return `mismatched input '${text === '' ? '<EOF>' : text}' expecting ${OPERAND}`;
}

const NAMESPACES = new Set(['optional', 'sets', 'format', 'lists', 'ip', 'semver', 'strings']);

type RawArgs = readonly unknown[];

function convert(node: ASTNode): Expression {
  const { op, start } = node;
  const args = node.args as RawArgs;
  switch (op) {
    case 'value':
      return { kind: 'literal', position: start, value: literal(node.args) };
    case 'id':
      return { kind: 'identifier', position: start, name: node.args };
    case '.':
    case '.?':
      return selectNode(node);
    case '[]':
    case '[?]':
      return indexNode(node, op === '[?]');
    case 'call':
    case 'rcall':
      return convertCall(node);
    case 'list':
      return { kind: 'list', position: start, items: (args as readonly ASTNode[]).map(convert) };
    case 'map':
      return {
        kind: 'map',
        position: start,
        entries: (args as readonly [ASTNode, ASTNode][]).map(([key, value]) => [convert(key), convert(value)]),
      };
    default:
      return operator(node);
  }
}

/** The library's literals: an unsigned one becomes ours, everything else is what it is. */
function literal(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return new CelUint((value as { readonly value: bigint }).value);
}

function selectNode(node: ASTNode): Expression {
  const [operand, field] = node.args as readonly [ASTNode, string];
  const path = node.input.slice(operand.start, node.end);
  if (TYPE_NAMES.has(path)) return { kind: 'identifier', position: operand.start, name: path };
  return { kind: 'select', position: node.pos - 1, operand: convert(operand), field, optional: node.op === '.?' };
}

function indexNode(node: ASTNode, optional: boolean): Expression {
  const [operand, index] = node.args as readonly [ASTNode, ASTNode];
  return { kind: 'index', position: operand.end, operand: convert(operand), index: convert(index), optional };
}

const UNARY: Readonly<Record<string, string>> = { '!_': '!_', '-_': '-_' };

function operator(node: ASTNode): Expression {
  const unary = UNARY[node.op];
  if (unary !== undefined) {
    const operand = (node as { readonly args: unknown }).args as ASTNode;
    return { kind: 'call', position: node.pos, name: unary, target: undefined, args: [convert(operand)] };
  }
  const operands = (node.args as readonly ASTNode[]).map(convert);
  const name = node.op === '?:' ? '_?_:_' : node.op === 'in' ? '@in' : `_${node.op}_`;
  return { kind: 'call', position: operatorPosition(node), name, target: undefined, args: operands };
}

/** The operator stands between its first two operands. */
function operatorPosition(node: ASTNode): number {
  const [left, right] = node.args as readonly [ASTNode, ASTNode];
  const text = node.op === '?:' ? '?' : node.op;
  const between = node.input.slice(left.end, right.start).indexOf(text);
  return between < 0 ? left.start : left.end + between;
}

function convertCall(node: ASTNode): Expression {
  const parts = node.args as RawArgs;
  const name = parts[0] as string;
  const receiver = node.op === 'rcall' ? (parts[1] as ASTNode) : undefined;
  const args = (node.op === 'rcall' ? parts[2] : parts[1]) as readonly ASTNode[];
  const position = callPosition(node, receiver, name);
  if (receiver === undefined)
    return name === 'has' ? hasNode(args, position) : plainCall(name, undefined, args, position);
  const space = receiver.op === 'id' ? receiver.args : '';
  if (NAMESPACES.has(space)) return plainCall(`${space}.${name}`, undefined, args, position);
  return macroNode(name, receiver, args, position) ?? plainCall(name, convert(receiver), args, position);
}

/** Calls stand at their opening bracket. */
function callPosition(node: ASTNode, receiver: ASTNode | undefined, name: string): number {
  const from = receiver === undefined ? node.start : receiver.end;
  const bracket = node.input.indexOf('(', node.input.indexOf(name, from));
  return bracket < 0 ? node.start : bracket;
}

function plainCall(
  name: string,
  target: Expression | undefined,
  args: readonly ASTNode[],
  position: number,
): Expression {
  return { kind: 'call', position, name, target, args: args.map(convert) };
}

function hasNode(args: readonly ASTNode[], position: number): Expression {
  const [argument] = args;
  const converted = argument === undefined || args.length !== 1 ? undefined : convert(argument);
  if (converted?.kind !== 'select') throw new CelSyntaxError('invalid argument to has() macro', position);
  const { operand, field, optional } = converted;
  return { kind: 'has', position, operand, field, optional };
}

function variable(node: ASTNode | undefined): string {
  if (node?.op === 'id') return node.args;
  throw new CelSyntaxError('argument must be a simple name', node?.start ?? 0);
}

/** How many variables and bodies each macro takes, by its number of arguments. */
const SHAPES: Readonly<Record<string, Readonly<Record<number, readonly [variables: number, name: MacroName]>>>> = {
  all: { 2: [1, 'all'], 3: [2, 'all'] },
  exists: { 2: [1, 'exists'], 3: [2, 'exists'] },
  exists_one: { 2: [1, 'exists_one'] },
  existsOne: { 2: [1, 'exists_one'], 3: [2, 'exists_one'] },
  filter: { 2: [1, 'filter'] },
  map: { 2: [1, 'map'], 3: [1, 'map'] },
  transformList: { 3: [2, 'transformList'], 4: [2, 'transformList'] },
  transformMap: { 3: [2, 'transformMap'], 4: [2, 'transformMap'] },
  transformMapEntry: { 3: [2, 'transformMapEntry'], 4: [2, 'transformMapEntry'] },
  sortBy: { 2: [1, 'sortBy'] },
  optMap: { 2: [1, 'optMap'] },
  optFlatMap: { 2: [1, 'optFlatMap'] },
};

function macroNode(
  name: string,
  receiver: ASTNode,
  args: readonly ASTNode[],
  position: number,
): Expression | undefined {
  const shape = Object.hasOwn(SHAPES, name) ? SHAPES[name]?.[args.length] : undefined;
  if (shape === undefined) return undefined;
  const [count, macro] = shape;
  const variables = args.slice(0, count).map(variable);
  return {
    kind: 'macro',
    name: macro,
    position,
    range: convert(receiver),
    variables,
    bodies: args.slice(count).map(convert),
  };
}
