import { z } from 'zod';
import { type KindDefinition, type StructuralSchema, toCustomResourceDefinition } from '../../kube/schema';
import { childPath, type Faults } from '../findings';

/** Whether an object has the shape of its kind: types, bounds, required fields, and no field that the kind does not know. All at once. */
export function* schemaFaults(kind: KindDefinition, object: Readonly<Record<string, unknown>>): Faults {
  if (typeof object.spec !== 'object' || object.spec === null || Array.isArray(object.spec)) {
    const message = object.spec === undefined ? 'spec is missing' : 'spec must be a map';
    yield { code: object.spec === undefined ? 'FLO8003' : 'FLO8001', path: 'spec', message };
    return;
  }
  const result = kind.spec.safeParse(object.spec);
  for (const issue of result.error?.issues ?? []) yield* issueFaults(issue);
  yield* unknownFaults(object.spec, specSchema(kind), 'spec');
}

function* issueFaults(issue: z.core.$ZodIssue): Faults {
  const path = issue.path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : childPath(text, String(part))),
    'spec',
  );
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  if (missing) yield { code: 'FLO8003', path, message: `${path.split('.').at(-1) ?? path} is missing` };
  else yield { code: 'FLO8001', path, message: plainMessage(issue) };
}

/** Says what zod found in the words of this project. */
function plainMessage(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'invalid_format':
      return 'is not a duration, as for example 750ms, 10s or 1h30m';
    default:
      return issue.message.toLowerCase();
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' entries long' : '';
}

const schemas = new WeakMap<KindDefinition, StructuralSchema>();

/** The structural schema of a kind's spec; made once. */
function specSchema(kind: KindDefinition): StructuralSchema {
  const before = schemas.get(kind);
  if (before !== undefined) return before;
  const versions = z.object({
    versions: z.array(z.object({ schema: z.object({ openAPIV3Schema: z.custom<StructuralSchema>() }) })),
  });
  const [version] = versions.parse(toCustomResourceDefinition(kind).spec).versions;
  const schema = version?.schema.openAPIV3Schema.properties?.spec ?? {};
  schemas.set(kind, schema);
  return schema;
}

function* unknownFaults(value: unknown, schema: StructuralSchema, path: string): Faults {
  if (Array.isArray(value)) {
    if (schema.items !== undefined)
      for (const [index, item] of value.entries()) yield* unknownFaults(item, schema.items, `${path}[${index}]`);
    return;
  }
  if (typeof value !== 'object' || value === null || schema['x-kubernetes-preserve-unknown-fields'] === true) return;
  const { properties, additionalProperties } = schema;
  if (properties === undefined && additionalProperties === undefined) return;
  for (const [name, child] of Object.entries(value) as [string, unknown][]) {
    const known = schemaOf(schema, name);
    if (known !== undefined) yield* unknownFaults(child, known, childPath(path, name));
    else if (additionalProperties !== true) yield unknownField(path, name, Object.keys(properties ?? {}));
  }
}

/** The schema of a map's entry; undefined when the schema knows no such entry. */
function schemaOf(
  { properties = {}, additionalProperties }: StructuralSchema,
  name: string,
): StructuralSchema | undefined {
  const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return own ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
}

function unknownField(
  path: string,
  name: string,
  known: readonly string[],
): { code: string; path: string; message: string; hint: string } {
  const near = known.find((candidate) => isNear(candidate, name));
  const hint = near === undefined ? `the fields here are ${known.slice(0, 12).join(', ')}` : `did you mean ${near}?`;
  return { code: 'FLO8002', path: childPath(path, name), message: `there is no field "${name}"`, hint };
}

/** One letter more, less or other, or letters in another case. */
function isNear(left: string, right: string): boolean {
  const [a, b] = [left.toLowerCase(), right.toLowerCase()];
  if (a === b || `${a}s` === b || `${b}s` === a) return true;
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return (
    Math.max(a.length, b.length) - start - end <= 1 ||
    (a.length === b.length && a.length - start - end === 2 && a[start] === b[start + 1])
  );
}
