import { canonicalJson } from '../../../kernel';

/**
 * One step of a field path in the form that `managedFields` stores: `f:<field name>`, `k:<key fields as JSON>`,
 * `v:<value as JSON>` or `i:<index>`. The text is canonical (keys sorted, JSON escaped as Go escapes it), so that two
 * equal steps are equal strings.
 */
export type PathElement = string;

/** The step into a named field or a key of a map. */
export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

/** The step to the item of a list of type `map` that has these key fields. */
export function keyElement(keys: Readonly<Record<string, unknown>>): PathElement {
  const fields = Object.keys(keys)
    .sort()
    .map((name) => `${goJson(name)}:${goJson(keys[name])}`);
  return `k:{${fields.join(',')}}`;
}

/** The step to one value of a list of type `set`. */
export function valueElement(value: unknown): PathElement {
  return `v:${goJson(value)}`;
}

/** The field's name when the step is one into a field. */
export function fieldNameOf(element: PathElement): string | undefined {
  return element.startsWith('f:') ? element.slice(2) : undefined;
}

/**
 * Reads a stored step and makes it canonical; `undefined` for a kind of step that a later version may know.
 * @throws Error when it is no path element; the caller names the object
 */
export function parsePathElement(raw: string): PathElement | undefined {
  if (raw.length < 2) throw new Error('key must be 2 characters long:');
  if (raw.charAt(1) !== ':') throw new Error(`missing colon: ${raw}`);
  const content = raw.slice(2);
  switch (raw.slice(0, 2)) {
    case 'f:':
      return raw;
    case 'v:':
      return valueElement(JSON.parse(content));
    case 'k:':
      return keyElement(JSON.parse(content) as Record<string, unknown>);
    case 'i:':
      if (/^\d+$/.test(content)) return raw;
      throw new Error(`invalid index in path element ${raw}`);
    default:
      return undefined;
  }
}

/** The step as conflict messages print it: `.spec`, `[name="http"]`, `[="finalizer"]`, `[0]`. */
export function describeElement(element: PathElement): string {
  const content = element.slice(2);
  switch (element.slice(0, 2)) {
    case 'f:':
      return `.${content}`;
    case 'k:': {
      const keys = JSON.parse(content) as Record<string, unknown>;
      const parts = Object.keys(keys).map((name) => `${name}=${goJson(keys[name])}`);
      return `[${parts.join(',')}]`;
    }
    case 'v:':
      return `[=${content}]`;
    default:
      return `[${content}]`;
  }
}

/** A path as conflict messages print it: `.spec.ports[name="http"].port`. */
export function describePath(path: readonly PathElement[]): string {
  return path.map(describeElement).join('');
}

const ORDER = ['f', 'k', 'v', 'i'];

/** The order in which sets are walked: fields, then keys, values and indices, each by their content. */
export function compareElements(left: PathElement, right: PathElement): number {
  if (left === right) return 0;
  const kinds = ORDER.indexOf(left.charAt(0)) - ORDER.indexOf(right.charAt(0));
  if (kinds !== 0) return kinds;
  if (left.startsWith('f:')) return left < right ? -1 : 1;
  return compareContent(JSON.parse(left.slice(2)), JSON.parse(right.slice(2)));
}

function compareContent(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (isObject(left) && isObject(right)) return compareKeys(left, right);
  const [first, second] = [goJson(left), goJson(right)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function compareKeys(left: Record<string, unknown>, right: Record<string, unknown>): number {
  const [leftNames, rightNames] = [Object.keys(left), Object.keys(right)];
  for (const [index, name] of leftNames.entries()) {
    const other = rightNames[index];
    if (other === undefined) return 1;
    if (name !== other) return name < other ? -1 : 1;
    const order = compareContent(left[name], right[other]);
    if (order !== 0) return order;
  }
  return leftNames.length - rightNames.length;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON as Go's encoder writes it: sorted keys; `<`, `>`, `&` and the two line separators are escaped. */
export function goJson(value: unknown): string {
  return canonicalJson(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
