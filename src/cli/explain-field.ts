import { FlotillaError } from '../kernel';
import type { KubeObject, StructuralSchema } from '../kube/schema';
import type { Definition } from './api-reference';
import { meaningOf, typeOf } from './field-facts';

/** One field of a kind as `flotilla explain` tells of it. */
export interface FieldRow {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly meaning: string;
}

/** A kind or a field of one, with the fields directly below, in the shape of `flotilla explain -o json`. */
export interface FieldExplanation extends Omit<FieldRow, 'name' | 'required'> {
  readonly apiVersion: string;
  readonly kind: string;
  /** As it was asked for; empty for the kind itself. */
  readonly path: string;
  readonly fields: readonly FieldRow[];
}

/**
 * Explains a kind or a field of it, `KIND.FIELD.FIELD`; the kind may also be its plural or short name. Lists and maps are passed through, as
 * with kubectl.
 * @throws FlotillaError FLO3072 when there is no such kind or field
 */
export function explainField(wanted: string, definitions: readonly KubeObject[]): FieldExplanation {
  const [kindName = '', ...path] = wanted
    .replaceAll('[]', '')
    .split('.')
    .filter((part) => part !== '' && part !== '*');
  const { group, names, versions } = findKind(
    kindName,
    definitions.map(({ spec }) => spec as Definition),
  );
  const [version] = versions;
  const schema = path.reduce(
    (found, name, index) => fieldOf(found, name, [names.kind, ...path.slice(0, index)].join('.')),
    version?.schema.openAPIV3Schema ?? {},
  );
  return {
    ...{ apiVersion: `${group}/${version?.name ?? ''}`, kind: names.kind, path: path.join('.') },
    ...{ type: describeType(schema), meaning: meaningOf(schema), fields: fieldsOf(schema) },
  };
}

/** For people, one line per field. */
export function formatField({ apiVersion, kind, path, type, meaning, fields }: FieldExplanation): string {
  const title = path === '' ? `${kind}  ${apiVersion}` : `${kind}.${path}  <${type}>`;
  const nameWidth = Math.max(0, ...fields.map(({ name }) => name.length));
  const typeWidth = Math.min(MAX_TYPE_WIDTH, Math.max(0, ...fields.map((field) => field.type.length)));
  const rows = fields.map((field) =>
    `  ${field.name.padEnd(nameWidth)}${field.required ? ' *' : '  '}  ${field.type.padEnd(typeWidth)}  ${field.meaning}`.trimEnd(),
  );
  const list = rows.length === 0 ? [] : ['', 'Fields (* must be given)', ...rows];
  return `${[title, ...(meaning === '' ? [] : ['', meaning]), ...list].join('\n')}\n`;
}

/** Longer types do not push the meaning of all others to the right. */
const MAX_TYPE_WIDTH = 24;

function findKind(wanted: string, definitions: readonly Definition[]): Definition {
  const small = wanted.toLowerCase();
  const found = definitions.find(({ names: { kind, plural, shortNames = [] } }) =>
    [kind.toLowerCase(), plural, ...shortNames].includes(small),
  );
  if (found !== undefined) return found;
  const kinds = definitions.map(({ names }) => names.kind).sort();
  throw notThere(
    `there is no code and no kind "${wanted}"`,
    `kinds are ${kinds.join(', ')}; codes are FLO and four digits`,
  );
}

function fieldOf(schema: StructuralSchema, name: string, above: string): StructuralSchema {
  const { properties = {} } = contentOf(schema);
  const found = properties[name];
  if (found !== undefined) return found;
  const known = Object.keys(properties);
  const hint = known.length === 0 ? `${above} has no fields that are described` : `${above} has ${known.join(', ')}`;
  throw notThere(`${above} has no field "${name}"`, hint);
}

/** What a list or a map holds; a field itself when it is neither. */
function contentOf(schema: StructuralSchema): StructuralSchema {
  const { items, additionalProperties } = schema;
  if (items !== undefined) return contentOf(items);
  return typeof additionalProperties === 'object' ? contentOf(additionalProperties) : schema;
}

function fieldsOf(schema: StructuralSchema): readonly FieldRow[] {
  const { properties = {}, required = [] } = contentOf(schema);
  return Object.entries(properties).map(([name, field]) => ({
    ...{ name, type: describeType(field), required: required.includes(name), meaning: meaningOf(field) },
  }));
}

function describeType(schema: StructuralSchema): string {
  return typeOf(schema, (value) => value, ' | ');
}

function notThere(message: string, hint: string): FlotillaError {
  return new FlotillaError(message, { code: 'FLO3072', retry: 'after-change', hint });
}
