import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { KubeObject, StructuralSchema } from '../../schema';
import { compileSchema } from './compile-schema';

const read = (name: string): unknown => parse(readFileSync(join(__dirname, 'testdata', name), 'utf8'));

function inSpec(v: StructuralSchema): StructuralSchema {
  return { type: 'object', properties: { spec: { type: 'object', properties: { v } } } };
}

function object(v: unknown): KubeObject {
  return { apiVersion: 'example.com/v1', kind: 'Val', metadata: { name: 'x', namespace: 'default' }, spec: { v } };
}

function answer(schema: StructuralSchema, value: unknown): unknown {
  const compiled = compileSchema(inSpec(schema));
  const stored = compiled.applyDefaults(compiled.prune(object(value)));
  const errors = compiled.validate(stored);
  if (errors.length === 0) return { stored: stored.spec };
  return { errors: errors.map(({ field, reason, detail }) => ({ field, reason, message: detail })) };
}

/** The answers were recorded from kube-apiserver 1.36. */
describe('values under a schema', () => {
  const cases = read('values.in.yaml') as { readonly schema: StructuralSchema; readonly value: unknown }[];
  const recorded = read('values.out.yaml') as { readonly errors?: readonly unknown[] }[];
  const sorted = (one: unknown): unknown => {
    const { errors } = one as { readonly errors?: readonly unknown[] };
    return errors === undefined ? one : errors.map((error) => JSON.stringify(error)).sort();
  };

  it.each(cases.map((one, index) => [JSON.stringify(one), one, recorded[index]!] as const))(
    '%s',
    (_text, { schema, value }, expected) => {
      expect(sorted(answer(schema, value))).toEqual(sorted(expected));
    },
  );
});

describe('pruning and defaulting', () => {
  const schema = inSpec({
    type: 'object',
    properties: {
      name: { type: 'string', default: 'n' },
      list: { type: 'array', items: { type: 'object', properties: { a: { type: 'integer', default: 1 } } } },
      map: {
        type: 'object',
        additionalProperties: { type: 'object', properties: { b: { type: 'string', default: 'x' } } },
      },
      open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      nested: { type: 'object', default: {}, properties: { deep: { type: 'boolean', default: false } } },
    },
  });
  const compiled = compileSchema(schema);
  const value = fc.object({
    key: fc.constantFrom('name', 'list', 'map', 'open', 'nested', 'a', 'b', 'deep', 'other'),
    maxDepth: 4,
  });

  it('do nothing the second time', () => {
    fc.assert(
      fc.property(value, (content) => {
        const once = compiled.applyDefaults(compiled.prune(object(content)));
        expect(compiled.applyDefaults(compiled.prune(once))).toEqual(once);
        expect(compiled.findUnknownFields(once)).toEqual([]);
      }),
    );
  });

  it('leave their argument alone', () => {
    fc.assert(
      fc.property(value, (content) => {
        const before = JSON.stringify(content);
        compiled.applyDefaults(compiled.prune(object(content)));
        expect(JSON.stringify(content)).toBe(before);
      }),
    );
  });

  it('name every unknown field by its path', () => {
    const content = { other: 1, list: [{ a: 1 }, { z: 1 }], map: { k: { q: 1 } }, open: { any: 1 } };
    expect(compiled.findUnknownFields(object(content))).toEqual(['spec.v.other', 'spec.v.list[1].z', 'spec.v.map.k.q']);
  });

  it('drop what metadata does not know, and what is empty in it', () => {
    const metadata = { name: 'x', labels: {}, finalizers: [], annotations: { a: 'b' }, weird: 1 };
    const pruned = compiled.prune({ ...object({}), metadata });
    expect(pruned.metadata).toEqual({ name: 'x', annotations: { a: 'b' } });
  });
});

describe('ratcheting', () => {
  const compiled = compileSchema(
    inSpec({ type: 'object', properties: { old: { type: 'integer', minimum: 5 }, other: { type: 'string' } } }),
  );

  it('does not hold against an update what it did not change', () => {
    expect(compiled.validate(object({ old: 1, other: 'b' }), object({ old: 1, other: 'a' }))).toEqual([]);
    expect(compiled.validate(object({ old: 2, other: 'a' }), object({ old: 1, other: 'a' }))).toHaveLength(1);
  });
});
