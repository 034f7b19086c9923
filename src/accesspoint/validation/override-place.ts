import type { Override } from '../schema/override';
import { fieldParts, heldDepth } from './held-field';

/** Where in one override a field of the object it changes is written or removed, from the override on; undefined where it leaves the field alone. */
export function placeInOverride({ mergePatch, jsonPatch = [] }: Override, path: string): string | undefined {
  const parts = fieldParts(path);
  if (mergePatch !== undefined) return heldDepth(mergePatch, parts) === parts.length ? `mergePatch.${path}` : undefined;
  const operation = jsonPatch.findLastIndex(
    ({ op, path: pointer, value }) => op !== 'test' && setsField(pointerParts(pointer), value, parts),
  );
  return operation === -1 ? undefined : `jsonPatch[${operation}]`;
}

/** Whether an operation at a pointer is about the field itself, or writes a value that has it. */
function setsField(pointer: readonly string[], value: unknown, parts: readonly string[]): boolean {
  const leads = pointer.every((part, index) => part === parts[index] || isAppended(part, parts[index]));
  const rest = parts.slice(pointer.length);
  return leads && pointer.length <= parts.length && heldDepth(value, rest) === rest.length;
}

/** `-` stands for the place after the last entry of a list (RFC 6902, section 4.1). */
function isAppended(part: string, wanted: string | undefined): boolean {
  return part === '-' && /^\d+$/.test(wanted ?? '');
}

/** RFC 6901: `~1` is a slash, `~0` a tilde. */
function pointerParts(pointer: string): string[] {
  const [, ...parts] = pointer.split('/');
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
