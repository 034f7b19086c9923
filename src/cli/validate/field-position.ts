import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Pair,
  type YAMLMap,
} from 'yaml';

/** A place in a file, 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

interface Step {
  readonly node: unknown;
  readonly offset: number;
  readonly rest: string;
}

/**
 * Where a field stands, by its path as findings name it; the nearest part of the path that is there when the field itself is missing.
 * Follows aliases and merge keys to where the value is written.
 */
export function positionOf(document: Document, lines: LineCounter, path: string): Position {
  let step: Step = { node: document.contents, offset: offsetOf(document.contents), rest: path };
  while (step.rest !== '') {
    const node = isAlias(step.node) ? step.node.resolve(document) : step.node;
    const next = isMap(node)
      ? intoMap(node, step.rest, document)
      : isSeq(node)
        ? intoList(node.items, step.rest)
        : undefined;
    if (next === undefined) break;
    step = next;
  }
  const { line, col } = lines.linePos(step.offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

function intoList(items: readonly unknown[], path: string): Step | undefined {
  const [whole = '', index] = /^\[(\d+)\]/.exec(path) ?? [];
  const node = index === undefined ? undefined : items[Number(index)];
  return node === undefined ? undefined : { node, offset: offsetOf(node), rest: path.slice(whole.length) };
}

/** Keys may hold dots, so the longest one that the path goes on with is the one that is meant. */
function intoMap(map: YAMLMap, path: string, document: Document): Step | undefined {
  const text = path.replace(/^\./, '');
  const quoted = /^\["((?:\\.|[^"\\])*)"\]/.exec(text);
  const key = quoted === null ? undefined : (JSON.parse(`"${quoted[1] ?? ''}"`) as string);
  const fitting = map.items.flatMap((pair) => {
    const name = keyOf(pair);
    const fits = key === undefined ? goesOn(text, name) : name === key;
    return fits ? [{ pair, name }] : [];
  });
  const [found] = fitting.sort((left, right) => right.name.length - left.name.length);
  if (found === undefined) return intoMerged(map, path, document);
  const { pair, name } = found;
  return {
    node: pair.value,
    offset: offsetOf(pair.key),
    rest: text.slice(quoted === null ? name.length : quoted[0].length),
  };
}

function goesOn(path: string, key: string): boolean {
  return key !== '' && path.startsWith(key) && ['', '.', '['].includes(path.charAt(key.length));
}

/** What `<<` brings in. */
function intoMerged(map: YAMLMap, path: string, document: Document): Step | undefined {
  const merged = map.items.find((pair) => keyOf(pair) === '<<')?.value;
  const sources = isSeq(merged) ? merged.items : [merged];
  for (const source of sources) {
    const node = isAlias(source) ? source.resolve(document) : source;
    const step = isMap(node) ? intoMap(node, path, document) : undefined;
    if (step !== undefined) return step;
  }
  return undefined;
}

function keyOf(pair: Pair): string {
  if (!isPair(pair)) return '';
  const key: unknown = isScalar(pair.key) ? pair.key.value : pair.key;
  // The parser has a symbol for the merge key.
  return typeof key === 'symbol' ? (key.description ?? '') : String(key);
}
