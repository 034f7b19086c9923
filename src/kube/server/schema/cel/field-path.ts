import type { StructuralSchema } from '../../../schema';

/**
 * Reads a rule's `fieldPath` (`.spec.replicas`, `.labels['a/b']`) against the schema that the rule stands at.
 * @returns the path as error messages write it, or `undefined` when it leads nowhere
 */
export function normalizeFieldPath(source: string, schema: StructuralSchema): string | undefined {
  const step = /\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\]/gy;
  let current: StructuralSchema | undefined = schema;
  let path = '';
  while (step.lastIndex < source.length) {
    const match = step.exec(source);
    if (match === null || current === undefined) return undefined;
    const name: string = match[1] ?? unescape(match[2] ?? '');
    path = current.properties === undefined ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    current = childSchema(current, name);
    if (current === undefined) return undefined;
  }
  return path === '' ? undefined : path;
}

function childSchema(
  { properties, additionalProperties }: StructuralSchema,
  name: string,
): StructuralSchema | undefined {
  if (properties !== undefined) return Object.hasOwn(properties, name) ? properties[name] : undefined;
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_whole, character: string) => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
