import type { StructuralSchema } from '../../schema';
import { malformedPatch, PatchError, undecodable } from './patch-error';
import { mergeLists } from './strategic-list';
import {
  DELETE_FROM_LIST,
  DIRECTIVE,
  isList,
  isMap,
  type JsonMap,
  printGo,
  RETAIN_KEYS,
  SET_ORDER,
} from './strategic-format';

/**
 * Applies a strategic merge patch, the format in which lists of built-in kinds are merged by their merge keys
 * (`x-kubernetes-patch-merge-key`, `x-kubernetes-patch-strategy`). The document is left alone.
 * @throws PatchError FLO2310 when a directive is malformed, FLO2313 when an item lacks its merge key
 */
export function applyStrategicMergePatch(document: unknown, patch: unknown, schema: StructuralSchema): unknown {
  if (!isMap(patch)) {
    throw malformedPatch(undecodable(patch, 'map[string]interface {}').replace('error decoding patch: ', ''));
  }
  if (!isMap(document)) throw malformedPatch('invalid JSON document');
  return mergeMaps(document, patch, schema);
}

/** Merges a patch map into a map (absent: an empty one). */
export function mergeMaps(original: JsonMap | undefined, patch: JsonMap, schema: StructuralSchema): JsonMap {
  if (DIRECTIVE in patch) return followDirective(patch);
  const { result, rest } = keepRetained({ ...original }, patch);
  const remaining = mergeOrderedLists(result, rest, schema);
  for (const [key, value] of Object.entries(remaining)) {
    const deletion = key.startsWith(DELETE_FROM_LIST);
    const name = deletion ? nameAfter(key, DELETE_FROM_LIST) : key;
    if (value === null) delete result[name];
    else mergeField(result, name, value, { schema: fieldSchema(schema, name), deletion });
  }
  return result;
}

function followDirective(patch: JsonMap): JsonMap {
  const { [DIRECTIVE]: directive, ...rest } = patch;
  if (directive === 'replace') return rest;
  if (directive === 'delete') return {};
  throw badDirective(directive, patch);
}

function badDirective(directive: unknown, patch: JsonMap): PatchError {
  const text = `unknown patch type: ${String(directive)} in map: ${printGo(patch)}`;
  return new PatchError(text, 'InternalError', 'FLO2313', 'use one of the directives replace, merge and delete');
}

/** `$retainKeys` clears every key that it does not name; the patch may set none beyond those. */
function keepRetained(
  result: Record<string, unknown>,
  patch: JsonMap,
): { result: Record<string, unknown>; rest: JsonMap } {
  if (!(RETAIN_KEYS in patch)) return { result, rest: patch };
  const { [RETAIN_KEYS]: names, ...rest } = patch;
  if (!isList(names)) throw malformedPatch('invalid patch format of retainKeys');
  const directive = (key: string): boolean => key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ORDER);
  const beyond = Object.entries(rest).some(([key, value]) => value !== null && !directive(key) && !names.includes(key));
  if (beyond) throw malformedPatch('invalid patch format of retainKeys');
  for (const key of Object.keys(result)) if (!names.includes(key)) delete result[key];
  return { result, rest };
}

/** Handles `$setElementOrder` together with the list it orders. @returns the patch without both */
function mergeOrderedLists(result: Record<string, unknown>, patch: JsonMap, schema: StructuralSchema): JsonMap {
  const remaining: Record<string, unknown> = { ...patch };
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith(SET_ORDER)) continue;
    delete remaining[key];
    const name = nameAfter(key, SET_ORDER);
    const [original, change] = [result[name], remaining[name]];
    if (!isList(order)) throw malformedPatch('invalid patch format of setElementOrder list');
    if (original === undefined && change === undefined) continue;
    result[name] = mergeLists(
      { original: listOr(original), patch: listOr(change), order },
      fieldSchema(schema, name),
      mergeMaps,
    );
    delete remaining[name];
  }
  return remaining;
}

function listOr(value: unknown): readonly unknown[] | undefined {
  if (value === undefined || isList(value)) return value;
  throw malformedPatch(
    `expected a []interface {}, but received a ${isMap(value) ? 'map[string]interface {}' : typeof value}`,
  );
}

function nameAfter(key: string, prefix: string): string {
  const name = key.slice(prefix.length + 1);
  if (key.charAt(prefix.length) !== '/' || name === '')
    throw malformedPatch(`invalid patch format of ${prefix.slice(1)} list`);
  return name;
}

function mergeField(
  result: Record<string, unknown>,
  name: string,
  value: unknown,
  { schema, deletion }: { readonly schema: StructuralSchema; readonly deletion: boolean },
): void {
  const original = result[name];
  if (isMap(original) && isMap(value)) {
    const replace = strategiesOf(schema).includes('replace');
    result[name] = replace ? value : mergeMaps(original, value, schema);
  } else if (isList(original) && isList(value)) {
    result[name] = mergeLists({ original, patch: value, deletion }, schema, mergeMaps);
  } else if (!deletion) setPlain(result, name, value);
}

function setPlain(result: Record<string, unknown>, name: string, value: unknown): void {
  const plain = withoutDirectives(value);
  if (plain === undefined) delete result[name];
  else result[name] = plain;
}

/** What is left of a patch value where there is nothing to merge it into: no directives, no nulls. */
function withoutDirectives(value: unknown): unknown {
  if (isList(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isMap(value)) return value;
  if (DIRECTIVE in value) return undefined;
  const entries = Object.entries(value).filter(([, child]) => child !== null);
  return Object.fromEntries(
    entries.map(([key, child]) => [key, withoutDirectives(child)]).filter(([, child]) => child !== undefined),
  );
}

/** The strategies of a field: `merge`, `replace`, `retainKeys`. */
export function strategiesOf(schema: StructuralSchema): readonly string[] {
  return (schema['x-kubernetes-patch-strategy'] ?? '').split(',');
}

function fieldSchema(schema: StructuralSchema, name: string): StructuralSchema {
  const { properties = {}, additionalProperties: rest } = schema;
  const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return known ?? (typeof rest === 'object' ? rest : {});
}
