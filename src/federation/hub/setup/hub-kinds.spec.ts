import {
  type KindDefinition,
  parseObject,
  type StructuralSchema,
  toCustomResourceDefinition,
} from '../../../kube/schema';
import { hubKinds, zoneKinds } from './hub-kinds';

const kinds = [...new Set([...hubKinds, ...zoneKinds])].filter(({ kind }) => kind !== 'NameService');

interface Version {
  readonly additionalPrinterColumns: readonly { readonly name: string }[];
  readonly schema: { readonly openAPIV3Schema: StructuralSchema };
}

function definitionOf(kind: KindDefinition): { names: { categories: string[] }; versions: readonly [Version] } {
  return toCustomResourceDefinition(kind).spec as ReturnType<typeof definitionOf>;
}

interface Field {
  readonly path: string;
  readonly schema: StructuralSchema;
}

function fieldsOf(schema: StructuralSchema, path: string): Field[] {
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    { path: `${path}.${name}`, schema: field },
    ...fieldsOf(field, `${path}.${name}`),
  ]);
  return [...named, ...(schema.items === undefined ? [] : fieldsOf(schema.items, `${path}[0]`))];
}

/** Istio describes the fields of its own routes. */
const isOfIstio = (path: string): boolean => /^spec\.(http|tls|tcp)\[0\]/.test(path);

/** An object that has one field, and nothing else but what leads to it. */
function objectWith(path: string, value: unknown): unknown {
  const parts = path.split('.').slice(1);
  return parts.reduceRight<unknown>((inner, part) => {
    const isList = part.endsWith('[0]');
    return { [part.replace('[0]', '')]: isList ? [inner] : inner };
  }, value);
}

/** Something that no field of this schema takes; undefined where anything goes. */
function wrongValue({ type, properties, 'x-kubernetes-preserve-unknown-fields': isFree }: StructuralSchema): unknown {
  if (type === undefined || (isFree === true && properties === undefined)) return undefined;
  return type === 'string' ? { not: 'a text' } : 'a text';
}

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('%s', (_name, kind) => {
  const { names, versions } = definitionOf(kind);
  const { spec = {}, status: reported = {} } = versions[0].schema.openAPIV3Schema.properties ?? {};
  const fields = fieldsOf(spec, 'spec');
  const status = fieldsOf(reported, 'status');

  it('says of every field what it is', () => {
    const silent = [...fields, ...status].filter(({ schema }) => (schema.description ?? '') === '');
    expect(silent.map(({ path }) => path).filter((path) => !isOfIstio(path))).toEqual([]);
  });

  it('can be listed by people', () => {
    expect(names.categories).toContain('flotilla');
    expect(versions[0].additionalPrinterColumns.map(({ name }) => name)).toContain('Age');
  });

  it('has conditions and the generation that they are about, where it has a status', () => {
    if (kind.status === undefined) return;
    expect(status.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['status.conditions', 'status.observedGeneration']),
    );
  });

  it('names every field that has a value of the wrong kind', () => {
    for (const { path, schema } of fields) {
      const value = wrongValue(schema);
      if (value === undefined) continue;
      const object = { apiVersion: 'v', kind: kind.kind, metadata: { name: 'x' }, spec: objectWith(path, value) };
      const { issues } = parseObject(kind, object);
      expect(issues.map((issue) => issue.path)).toContain(path);
    }
  });

  it('names every field that it does not have, beside whatever else is wrong', () => {
    const holders = fields.filter(
      ({ schema }) => schema.properties !== undefined && schema['x-kubernetes-preserve-unknown-fields'] !== true,
    );
    for (const { path } of [{ path: 'spec' }, ...holders]) {
      const spec = path === 'spec' ? { misspelt: 1 } : objectWith(`${path}.misspelt`, 1);
      const { issues } = parseObject(kind, { apiVersion: 'v', kind: kind.kind, metadata: { name: 'x' }, spec });
      expect(issues.map((issue) => issue.path)).toContain(`${path}.misspelt`);
    }
  });
});
