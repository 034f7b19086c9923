import { isMap, type JsonMap, readList, readMap, readText } from './read-field';

/** Labels as `a=1,b=2`, sorted; `<none>` when there are none. */
export function labelsText(labels: JsonMap): string {
  const text = Object.keys(labels)
    .sort()
    .map((key) => `${key}=${String(labels[key])}`)
    .join(',');
  return text === '' ? '<none>' : text;
}

/** A label selector as kubectl takes it: `app=web,tier in (a,b),!old`. */
export function selectorText(selector: unknown): string {
  if (!isMap(selector)) return '<none>';
  const equal = Object.entries(readMap(selector, 'matchLabels')).map(
    ([key, value]) => [key, `${key}=${String(value)}`] as const,
  );
  const expressions = readList(selector, 'matchExpressions').map(
    (one) => [readText(one, 'key'), requirement(one)] as const,
  );
  const text = [...equal, ...expressions]
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([, part]) => part)
    .join(',');
  return text === '' ? '<none>' : text;
}

function requirement(expression: unknown): string {
  const key = readText(expression, 'key');
  const values = [...readList(expression, 'values')].map(String).sort().join(',');
  switch (readText(expression, 'operator')) {
    case 'In':
      return `${key} in (${values})`;
    case 'NotIn':
      return `${key} notin (${values})`;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return key;
  }
}

/** At most `limit` items and how many more there are. */
export function shortList(items: readonly string[], limit: number, none: string): string {
  if (items.length === 0) return none;
  const text = items.slice(0, limit).join(',');
  return items.length > limit ? `${text} + ${items.length - limit} more...` : text;
}
