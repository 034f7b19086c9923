import { malformedPatch, undecodable } from './patch-error';

/**
 * Applies a JSON merge patch (RFC 7386): maps are merged, null removes a key, everything else replaces.
 * @throws PatchError FLO2310 when patch or document is no object: an API object cannot become something else
 */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (!isMap(patch)) throw malformedPatch(undecodable(patch, 'map[string]interface {}'));
  if (!isMap(document)) throw malformedPatch('Invalid JSON Document');
  return merge(document, patch);
}

type JsonMap = Readonly<Record<string, unknown>>;

function merge(target: unknown, patch: JsonMap): unknown {
  const result: Record<string, unknown> = isMap(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = isMap(value) ? merge(result[name], value) : structuredClone(value);
  }
  return result;
}

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
