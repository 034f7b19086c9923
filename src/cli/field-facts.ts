import type { StructuralSchema } from '../kube/schema';

/**
 * The type of a field in words: its values when only some are possible, else what it is a list or a map of.
 * @param quote how one of its values is written
 */
export function typeOf(schema: StructuralSchema, quote: (value: string) => string, separator: string): string {
  const { type, items, additionalProperties, enum: values } = schema;
  if (values !== undefined) return values.map((value) => quote(String(value))).join(separator);
  if (type === 'array') return items === undefined ? 'list' : `list of ${typeOf(items, quote, separator)}`;
  if (type === 'object' && typeof additionalProperties === 'object') {
    return `map of ${typeOf(additionalProperties, quote, separator)}`;
  }
  return type ?? 'any';
}

/** What a field means, its limits and its default, in one line. */
export function meaningOf(field: StructuralSchema): string {
  const initial = field.default === undefined ? '' : `Default \`${JSON.stringify(field.default)}\`.`;
  return [oneLine(field.description), limitsOf(field), initial].filter((part) => part !== '').join(' ');
}

/** A text without line breaks. */
export function oneLine(text: string | undefined): string {
  return (text ?? '').replace(/\s+/g, ' ').trim();
}

function limitsOf({ minimum, maximum, minItems, maxItems, maxLength }: StructuralSchema): string {
  const parts = [
    ...range(minimum, maximum, ''),
    ...range(minItems, maxItems, ' entries'),
    ...range(undefined, maxLength, ' characters'),
  ];
  const [first = '', ...rest] = parts.join(', ');
  return parts.length === 0 ? '' : `${first.toUpperCase()}${rest.join('')}.`;
}

function range(least: number | undefined, most: number | undefined, unit: string): string[] {
  if (least === undefined) return most === undefined ? [] : [`at most ${most}${unit}`];
  return [most === undefined ? `at least ${least}${unit}` : `${least} to ${most}${unit}`];
}
