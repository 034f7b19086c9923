/** Keys and indexes of a field path such as `spec.http[0].match["a.b"]`. */
export function fieldParts(path: string): string[] {
  return [...path.matchAll(/\["((?:\\.|[^"\\])*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) => quoted ?? index ?? name ?? '',
  );
}

/** How many parts of a path a value has, from its root on. */
export function heldDepth(value: unknown, parts: readonly string[]): number {
  let node = value;
  for (const [index, part] of parts.entries()) {
    const next = childOf(node, part);
    if (next === undefined) return index;
    node = next;
  }
  return parts.length;
}

function childOf(node: unknown, part: string): unknown {
  if (typeof node !== 'object' || node === null) return undefined;
  return Object.entries(node).find(([key]) => key === part)?.[1] as unknown;
}
