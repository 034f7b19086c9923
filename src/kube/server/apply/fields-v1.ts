import { FieldSet } from './field-set';
import { parsePathElement } from './path-element';

/** `fieldsV1` of a managedFields entry: a trie whose keys are path elements; `.` marks a member that has children. */
export interface FieldsV1 {
  readonly [element: string]: FieldsV1;
}

/** Writes a set as `fieldsV1`. */
export function encodeFieldsV1(set: FieldSet): FieldsV1 {
  const result: Record<string, FieldsV1> = {};
  for (const element of set.elements()) {
    const children = encodeFieldsV1(set.below(element));
    const marked = set.hasMember(element) && Object.keys(children).length > 0;
    result[element] = marked ? { '.': {}, ...children } : children;
  }
  return result;
}

/** Reads `fieldsV1`. A key without children is a member. @throws Error on a key that is no path element. */
export function decodeFieldsV1(fields: unknown): FieldSet {
  const set = new FieldSet();
  if (typeof fields !== 'object' || fields === null) return set;
  for (const [raw, below] of Object.entries(fields)) {
    if (raw === '.') continue;
    const children = decodeFieldsV1(below);
    const element = parsePathElement(raw);
    if (element === undefined) continue;
    const marked = typeof below === 'object' && below !== null && '.' in below;
    set.put(element, marked || children.isEmpty, children);
  }
  return set;
}
