import { isMap } from './read-field';

/** One step of a path: from the values found so far to the next ones. */
type Step = (value: unknown) => readonly unknown[];

/** A compiled path: the values it finds in a document. */
export type JsonPath = (document: unknown) => readonly unknown[];

/**
 * Compiles a JSONPath as `additionalPrinterColumns` use it: fields (`.a.b`, `['a.b']`, `.a\.b`), indices, slices,
 * wildcards, `..` and filters (`[?(@.type=="Ready")]`). `undefined` when it cannot be read.
 */
export function compileJsonPath(source: string): JsonPath | undefined {
  const steps: Step[] = [];
  let rest = source.replace(/^\{(.*)\}$/s, '$1').replace(/^\$/, '');
  while (rest !== '') {
    const taken = takeStep(rest);
    if (taken === undefined) return undefined;
    steps.push(taken.step);
    rest = rest.slice(taken.length);
  }
  return (document) => steps.reduce<readonly unknown[]>((found, step) => found.flatMap(step), [document]);
}

interface Taken {
  readonly step: Step;
  readonly length: number;
}

function takeStep(rest: string): Taken | undefined {
  if (rest.startsWith('..')) return { step: descendants, length: rest.startsWith('..[') ? 2 : 1 };
  if (rest.startsWith('[')) return takeBracket(rest);
  const field = /^\.?((?:[^.[\]\\]|\\.)+)/.exec(rest);
  if (field === null) return rest === '.' ? { step: (value) => [value], length: 1 } : undefined;
  const name = (field[1] ?? '').replace(/\\(.)/g, '$1');
  return { step: name === '*' ? children : fieldStep(name), length: field[0].length };
}

function takeBracket(rest: string): Taken | undefined {
  const filter = /^\[\?\(\s*(.+?)\s*\)\]/.exec(rest);
  if (filter !== null) return taken(filter, filterStep(filter[1] ?? ''));
  const quoted = /^\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/.exec(rest);
  if (quoted !== null) return taken(quoted, fieldStep((quoted[1] ?? quoted[2] ?? '').replace(/\\(.)/g, '$1')));
  const wildcard = /^\[\*\]/.exec(rest);
  if (wildcard !== null) return taken(wildcard, children);
  const index = /^\[(-?\d+)\]/.exec(rest);
  if (index !== null) return taken(index, indexStep(Number(index[1])));
  const slice = /^\[(-?\d*):(-?\d*)\]/.exec(rest);
  return slice === null ? undefined : taken(slice, sliceStep(slice[1] ?? '', slice[2] ?? ''));
}

function taken([text]: RegExpExecArray, step: Step | undefined): Taken | undefined {
  return step === undefined ? undefined : { step, length: text.length };
}

function fieldStep(name: string): Step {
  return (value) => (isMap(value) && Object.hasOwn(value, name) ? [value[name]] : []);
}

function indexStep(index: number): Step {
  return (value) => {
    const item: unknown = Array.isArray(value) ? value.at(index) : undefined;
    return item === undefined ? [] : [item];
  };
}

function sliceStep(from: string, to: string): Step {
  const [start, end] = [from === '' ? 0 : Number(from), to === '' ? undefined : Number(to)];
  return (value) => (Array.isArray(value) ? (value as readonly unknown[]).slice(start, end) : []);
}

function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  return isMap(value) ? Object.values(value) : [];
}

function descendants(value: unknown): readonly unknown[] {
  return [value, ...children(value).flatMap(descendants)];
}

type Operand = (item: unknown) => unknown;

function filterStep(source: string): Step | undefined {
  const parts = /^(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+)$/.exec(source);
  const left = operand(parts?.[1] ?? source);
  const right = parts === null ? undefined : operand(parts[3] ?? '');
  if (left === undefined || (parts !== null && right === undefined)) return undefined;
  const keeps = (item: unknown): boolean =>
    right === undefined ? left(item) !== undefined : compare(left(item), parts?.[2] ?? '', right(item));
  return (value) => children(value).filter(keeps);
}

function operand(source: string): Operand | undefined {
  const text = /^(?:'(.*)'|"(.*)")$/s.exec(source);
  if (text !== null) return () => text[1] ?? text[2];
  if (/^-?\d+(\.\d+)?$/.test(source)) return () => Number(source);
  if (source === 'true' || source === 'false') return () => source === 'true';
  if (!source.startsWith('@')) return undefined;
  const path = compileJsonPath(source.slice(1));
  return path === undefined ? undefined : (item) => path(item)[0];
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  if (operator === '==') return left === right;
  if (left === undefined) return false;
  if (operator === '!=') return left !== right;
  if (typeof left !== typeof right || (typeof left !== 'number' && typeof left !== 'string')) return false;
  const order = left < (right as typeof left) ? -1 : left > (right as typeof left) ? 1 : 0;
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}
