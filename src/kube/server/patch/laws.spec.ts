import fc from 'fast-check';
import { builtInSchemas } from '../schema';
import { applyJsonPatch, applyMergePatch, applyStrategicMergePatch } from '.';

const key = fc.constantFrom('a', 'b', 'c', 'd');
const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer(), { maxLength: 3 }));
const { document } = fc.letrec<{ document: Record<string, unknown> }>((tie) => ({
  document: fc.dictionary(key, fc.oneof({ depthSize: 'small' }, leaf, tie('document')), { maxKeys: 4 }),
}));
const { patch } = fc.letrec<{ patch: Record<string, unknown> }>((tie) => ({
  patch: fc.dictionary(key, fc.oneof({ depthSize: 'small' }, leaf, fc.constant(null), tie('patch')), { maxKeys: 4 }),
}));

/** RFC 7386 written down once more, as its appendix has it. */
function merged(target: unknown, change: unknown): unknown {
  if (!isMap(change)) return change;
  const result: Record<string, unknown> = isMap(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

describe('a merge patch', () => {
  it('does what RFC 7386 says, twice the same, and leaves the document alone', () => {
    fc.assert(
      fc.property(document, patch, (before, change) => {
        const copy = structuredClone(before);
        const after = applyMergePatch(before, change);
        expect(after).toEqual(merged(copy, change));
        expect(applyMergePatch(after, change)).toEqual(after);
        expect(before).toEqual(copy);
      }),
    );
  });
});

describe('a JSON patch', () => {
  it('undoes an addition by a removal, and leaves the document alone', () => {
    fc.assert(
      fc.property(document, key, leaf, (before, name, value) => {
        const copy = structuredClone(before);
        const { [name]: _old, ...without } = before;
        const operations = [
          { op: 'add', path: `/${name}`, value },
          { op: 'test', path: `/${name}`, value },
          { op: 'remove', path: `/${name}` },
        ];
        expect(applyJsonPatch(before, operations)).toEqual(without);
        expect(before).toEqual(copy);
      }),
    );
  });

  it('counts negative indexes from the end', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.nat(), (list, seed) => {
        const index = seed % list.length;
        const path = `/list/${index - list.length}`;
        const expected = list.with(index, -1);
        expect(applyJsonPatch({ list }, [{ op: 'replace', path, value: -1 }])).toEqual({ list: expected });
        expect(applyJsonPatch({ list }, [{ op: 'remove', path }])).toEqual({ list: list.toSpliced(index, 1) });
      }),
    );
  });

  it('refuses a patch with too many operations, and one that is none', () => {
    const operations = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', value: 1 }));
    expect(() => applyJsonPatch({ a: 1 }, operations)).toThrow(
      /maximum operations in a JSON patch is 10000, got 10001/,
    );
    expect(() => applyJsonPatch({ a: 1 }, {})).toThrow(/cannot unmarshal object/);
  });
});

describe('a strategic merge patch', () => {
  const schema = builtInSchemas['v1/Pod'] ?? {};
  const container = fc.record(
    {
      name: fc.constantFrom('x', 'y', 'z'),
      image: fc.constantFrom('i:1', 'i:2'),
      workingDir: fc.constantFrom('/', '/a'),
    },
    { requiredKeys: ['name'] },
  );
  const containers = fc.uniqueArray(container, { selector: ({ name }) => name, minLength: 1 });
  const named = (list: readonly { readonly name: string }[]): ReadonlyMap<string, object> =>
    new Map(list.map((one) => [one.name, one]));
  const pod = (list: unknown): object => ({ spec: { containers: list } });
  const containersOf = (value: unknown): readonly { readonly name: string }[] =>
    (value as { spec: { containers: { name: string }[] } }).spec.containers;

  it('merges keyed lists item by item, twice the same', () => {
    fc.assert(
      fc.property(containers, containers, (before, change) => {
        const after = applyStrategicMergePatch(pod(before), pod(change), schema);
        const [old, wanted] = [named(before), named(change)];
        const names = new Set([...old.keys(), ...wanted.keys()]);
        const expected = [...names].map((name) => [name, { ...old.get(name), ...wanted.get(name) }] as const);
        expect(named(containersOf(after))).toEqual(new Map(expected));
        expect(applyStrategicMergePatch(after, pod(change), schema)).toEqual(after);
      }),
    );
  });

  it('removes exactly the items that it deletes, and keeps the order of the others', () => {
    fc.assert(
      fc.property(containers, fc.subarray(['x', 'y', 'z']), (before, gone) => {
        const change = pod(gone.map((name) => ({ name, $patch: 'delete' })));
        const after = containersOf(applyStrategicMergePatch(pod(before), change, schema));
        expect(after).toEqual(before.filter(({ name }) => !gone.includes(name)));
      }),
    );
  });

  it('puts the items in the order asked for', () => {
    fc.assert(
      fc.property(containers, containers, (before, change) => {
        const order = change.map(({ name }) => ({ name }));
        const patched = { spec: { '$setElementOrder/containers': order, containers: change } };
        const after = containersOf(applyStrategicMergePatch(pod(before), patched, schema));
        const asked = new Set<string>(order.map(({ name }) => name));
        expect(after.map(({ name }) => name).filter((name) => asked.has(name))).toEqual(order.map(({ name }) => name));
      }),
    );
  });
});
