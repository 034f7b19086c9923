import { jsonEqual } from '../../../kernel';
import type { StructuralSchema } from '../../schema';
import { malformedPatch, PatchError } from './patch-error';
import { DIRECTIVE, isMap, type JsonMap, printGo } from './strategic-format';

/** Two lists to merge. */
export interface ListPatch {
  readonly original: readonly unknown[] | undefined;
  readonly patch: readonly unknown[] | undefined;
  /** `$setElementOrder`, else the patch itself decides the order. */
  readonly order?: readonly unknown[];
  /** The patch names plain values to remove (`$deleteFromPrimitiveList`). */
  readonly deletion?: boolean;
}

/** Merges a map into a map; passed in, since lists hold maps and maps hold lists. */
export type MapMerge = (original: JsonMap | undefined, patch: JsonMap, schema: StructuralSchema) => JsonMap;

/** Merges a list by its strategy: by merge key, as a set of plain values, or by replacing it. */
export function mergeLists(lists: ListPatch, schema: StructuralSchema, mergeMap: MapMerge): readonly unknown[] {
  const { original = [], patch, order, deletion = false } = lists;
  const strategies = (schema['x-kubernetes-patch-strategy'] ?? '').split(',');
  const merging = strategies.includes('merge') || deletion;
  if (patch !== undefined && !merging) return patch;
  const change = patch ?? [];
  if (original.length === 0 && change.length === 0) return original;
  const key = schema['x-kubernetes-patch-merge-key'];
  if (![...original, ...change].some(isMap)) return mergePlain({ original, change, order, deletion });
  if (key === undefined) throw noMergeKey(`cannot merge lists without merge key`);
  return mergeByKey({ original, change, order, key }, schema.items ?? {}, mergeMap);
}

function noMergeKey(message: string): PatchError {
  return new PatchError(message, 'InternalError', 'FLO2313', 'give every item of the list its merge key');
}

interface PlainLists {
  readonly original: readonly unknown[];
  readonly change: readonly unknown[];
  readonly order: readonly unknown[] | undefined;
  readonly deletion: boolean;
}

function mergePlain({ original, change, order, deletion }: PlainLists): readonly unknown[] {
  if (deletion) return original.filter((value) => !change.includes(value));
  const merged = [...new Set([...original, ...change])];
  return arrange(merged, order ?? change, original, (value) => value);
}

interface KeyedLists {
  readonly original: readonly unknown[];
  readonly change: readonly unknown[];
  readonly order: readonly unknown[] | undefined;
  readonly key: string;
}

function mergeByKey(
  { original, change, order, key }: KeyedLists,
  itemSchema: StructuralSchema,
  mergeMap: MapMerge,
): readonly unknown[] {
  const { kept, plain, replaced } = followItemDirectives(original, change, key);
  if (order !== undefined) checkOrder(plain, order, key);
  const merged: unknown[] = [...kept];
  for (const item of replaced ? [] : plain) {
    const value = keyOf(item, key);
    const index = merged.findIndex((other) => isMap(other) && other[key] !== undefined && jsonEqual(other[key], value));
    if (index < 0) merged.push(item);
    else merged[index] = mergeMap(asMap(merged[index]), asMap(item), itemSchema);
  }
  for (const item of merged) keyOf(item, key);
  return arrange(merged, order ?? (replaced ? [] : plain), kept, (item) => asMap(item)[key]);
}

/** Items with `$patch: delete` or `$patch: replace` say what happens to the list, and are no items themselves. */
function followItemDirectives(
  original: readonly unknown[],
  change: readonly unknown[],
  key: string,
): { readonly kept: readonly unknown[]; readonly plain: readonly unknown[]; readonly replaced: boolean } {
  let kept = original;
  let replaced = false;
  const plain: unknown[] = [];
  for (const item of change.map(asMap)) {
    const directive = item[DIRECTIVE];
    if (directive === undefined) plain.push(item);
    else if (directive === 'delete') {
      const value = keyOf(item, key);
      kept = kept.filter((other) => !isMap(other) || !jsonEqual(other[key], value));
    } else if (directive === 'replace') replaced = true;
    else throw itemDirectiveError(directive, item);
  }
  return replaced ? { kept: plain, plain, replaced } : { kept, plain, replaced };
}

function itemDirectiveError(directive: unknown, item: JsonMap): PatchError {
  const merge = 'merging lists cannot yet be specified in the patch';
  return noMergeKey(
    directive === 'merge' ? merge : `unknown patch type: ${String(directive)} in map: ${printGo(item)}`,
  );
}

function asMap(item: unknown): JsonMap {
  if (isMap(item)) return item;
  throw malformedPatch('list element types are not identical');
}

function keyOf(item: unknown, key: string): unknown {
  const map = asMap(item);
  if (map[key] === undefined) throw noMergeKey(`map: ${printGo(map)} does not contain declared merge key: ${key}`);
  return map[key];
}

/** The patch's items must stand in the order that `$setElementOrder` asks for. */
function checkOrder(items: readonly unknown[], order: readonly unknown[], key: string): void {
  let next = 0;
  for (const wanted of order) {
    if (next < items.length && jsonEqual(asMap(items[next])[key], asMap(wanted)[key])) next += 1;
  }
  if (next === items.length) return;
  const [patch, list] = [printGo(items), printGo(order)];
  throw noMergeKey(`The order in patch list:\n${patch}\n doesn't match $setElementOrder list:\n${list}\n`);
}

/**
 * Orders merged items: those named by `order` as it says, the others as in the live list, woven in before the first
 * named item that stood after them there.
 */
function arrange(
  merged: readonly unknown[],
  order: readonly unknown[],
  live: readonly unknown[],
  identity: (item: unknown) => unknown,
): readonly unknown[] {
  const position = (list: readonly unknown[], item: unknown): number =>
    list.findIndex((other) => jsonEqual(identity(other), identity(item)));
  const by = (list: readonly unknown[]) => (left: unknown, right: unknown) =>
    position(list, left) - position(list, right);
  const named = merged.filter((item) => position(order, item) >= 0).sort(by(order));
  const others = merged.filter((item) => position(order, item) < 0).sort(by(live));
  const result: unknown[] = [];
  while (named.length > 0 || others.length > 0) {
    const [left, right] = [position(live, others[0] ?? {}), position(live, named[0] ?? {})];
    const takeOther = others.length > 0 && (named.length === 0 || (left >= 0 && right >= 0 && left < right));
    result.push(takeOther ? others.shift() : named.shift());
  }
  return result;
}
