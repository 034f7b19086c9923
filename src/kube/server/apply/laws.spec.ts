import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { KubeObject, StructuralSchema } from '../../schema';
import { type ApplyResult, applyServerSide, type ManagedFieldsEntry } from '.';
import { bareObject } from './bare-object';
import { decodeFieldsV1, encodeFieldsV1 } from './fields-v1';
import { objectShape } from './shape';
import { toFieldSet } from './to-field-set';

const schema = parse(readFileSync(join(__dirname, 'testdata', 'widget.yaml'), 'utf8')) as StructuralSchema;
const shape = objectShape(schema);

type Spec = Readonly<Record<string, unknown>>;

const widget = (spec: Spec): KubeObject => ({
  ...{ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'default' } },
  ...(Object.keys(spec).length === 0 ? {} : { spec }),
});

function attempt(live: KubeObject | undefined, manager: string, spec: Spec, force: boolean): ApplyResult {
  return applyServerSide({
    ...(live === undefined ? {} : { live }),
    ...{ applied: widget(spec), manager, force, schema, apiVersion: 'example.com/v1' },
    nowRfc3339: '2026-01-01T00:00:00Z',
  });
}

function apply(live: KubeObject | undefined, manager: string, spec: Spec): KubeObject {
  const result = attempt(live, manager, spec, true);
  if (result.kind !== 'ok') throw new Error(`a forced apply met a conflict: ${result.message}`);
  return result.object;
}

function entryOf(object: KubeObject, manager: string): ManagedFieldsEntry | undefined {
  const entries = (object.metadata.managedFields ?? []) as readonly ManagedFieldsEntry[];
  return entries.find((entry) => entry.manager === manager);
}

/** A value in which the order of associative lists is no matter: owners' entries, sets and keyed lists. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(unordered);
    return items.sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([name, child]) => [name, unordered(child)]));
}

const text = fc.constantFrom('p', 'q', 'r');
const sparse = (parts: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Spec> =>
  fc.record({ ...parts }, { requiredKeys: [] });

/** Intents over given names: of leaves, of keys of maps, of values of sets, of items of keyed lists. */
function intents(leaves: readonly string[], keys: readonly string[], ports: readonly number[]): fc.Arbitrary<Spec> {
  const port = fc
    .tuple(
      fc.constantFrom(...ports),
      sparse({ name: text, hosts: fc.uniqueArray(fc.constantFrom(...keys), { minLength: 1 }) }),
    )
    .map(([number, rest]) => ({ port: number, ...rest }));
  const all: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    replicas: fc.integer({ min: 0, max: 3 }),
    name: text,
    enabled: fc.boolean(),
    atomicList: fc.array(text, { minLength: 1, maxLength: 3 }),
    frozen: sparse({ a: text, b: text }).filter((value) => Object.keys(value).length > 0),
  };
  const named = Object.fromEntries(leaves.flatMap((leaf) => (all[leaf] === undefined ? [] : [[leaf, all[leaf]]])));
  const shared: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    set: fc.uniqueArray(fc.constantFrom(...keys), { minLength: 1 }),
    labels: fc.dictionary(fc.constantFrom(...keys), text, { minKeys: 1 }),
    ports: fc.uniqueArray(port, { selector: (one) => one.port, minLength: 1 }),
  };
  return sparse({ ...named, ...shared });
}

const anyIntent = intents(['replicas', 'name', 'enabled', 'atomicList', 'frozen'], ['a', 'b', 'c'], [1, 2, 3]);
const firstHalf = intents(['replicas', 'atomicList'], ['a', 'b'], [1, 2]);
const secondHalf = intents(['name', 'enabled', 'frozen'], ['c', 'd'], [3, 4]);

/** Any history of forced applies by three managers. */
const history = fc
  .array(fc.tuple(fc.constantFrom('ann', 'bob', 'cat'), anyIntent), { maxLength: 4 })
  .map((steps) =>
    steps.reduce<KubeObject | undefined>((live, [manager, spec]) => apply(live, manager, spec), undefined),
  );

describe('laws of server-side apply', () => {
  it('is idempotent after any history', () => {
    fc.assert(
      fc.property(history, anyIntent, (live, spec) => {
        const once = apply(live, 'ann', spec);
        expect(apply(once, 'ann', spec)).toEqual(once);
      }),
    );
  });

  it('owns exactly what was applied, whatever was before', () => {
    fc.assert(
      fc.property(history, anyIntent, (live, spec) => {
        const after = apply(live, 'ann', spec);
        const owned = decodeFieldsV1(entryOf(after, 'ann')?.fieldsV1);
        const { metadata: _metadata, ...applied } = bareObject(widget(spec));
        const { apiVersion: _version, kind: _kind, ...fields } = applied as Record<string, unknown>;
        expect([...owned.paths()]).toEqual([...toFieldSet(fields, shape).paths()]);
      }),
    );
  });

  it('contains what was applied last, and of a sole manager nothing else', () => {
    fc.assert(
      fc.property(anyIntent, anyIntent, (before, spec) => {
        const alone = apply(apply(undefined, 'ann', before), 'ann', spec);
        expect(unordered(alone.spec ?? {})).toEqual(unordered(spec));
      }),
    );
  });

  it('lets managers of disjoint fields come in any order', () => {
    fc.assert(
      fc.property(firstHalf, secondHalf, (first, second) => {
        const [left, right] = [
          apply(apply(undefined, 'ann', first), 'bob', second),
          apply(apply(undefined, 'bob', second), 'ann', first),
        ];
        expect(unordered(left)).toEqual(unordered(right));
        expect(attempt(apply(undefined, 'ann', first), 'bob', second, false).kind).toBe('ok');
      }),
    );
  });

  it('leaves nothing of a manager that applies nothing any more, and everything of the others', () => {
    fc.assert(
      fc.property(firstHalf, secondHalf, (first, second) => {
        const both = apply(apply(undefined, 'ann', first), 'bob', second);
        const left = apply(both, 'ann', {});
        expect(unordered(left.spec ?? {})).toEqual(unordered(apply(undefined, 'bob', second).spec ?? {}));
        expect(entryOf(left, 'ann')?.fieldsV1 ?? {}).toEqual({});
        const none = apply(left, 'bob', {});
        expect(none.spec ?? {}).toEqual({});
      }),
    );
  });

  it('keeps a field as long as anybody owns it', () => {
    fc.assert(
      fc.property(anyIntent, (spec) => {
        const shared = apply(apply(undefined, 'ann', spec), 'bob', spec);
        const left = apply(shared, 'ann', {});
        expect(unordered(left.spec ?? {})).toEqual(unordered(spec));
        expect(apply(left, 'bob', {}).spec ?? {}).toEqual({});
      }),
    );
  });

  it('takes nothing from anybody without force, and all of it with force', () => {
    fc.assert(
      fc.property(text, text, (mine, theirs) => {
        const live = apply(undefined, 'ann', { name: mine, replicas: 1 });
        const result = attempt(live, 'bob', { name: theirs }, false);
        if (mine === theirs) {
          expect(result.kind).toBe('ok');
          return;
        }
        expect(result).toMatchObject({ kind: 'conflict', conflicts: [{ manager: 'ann', field: '.spec.name' }] });
        const forced = apply(live, 'bob', { name: theirs });
        expect(entryOf(forced, 'ann')?.fieldsV1).toEqual({ 'f:spec': { 'f:replicas': {} } });
        expect(entryOf(forced, 'bob')?.fieldsV1).toEqual({ 'f:spec': { 'f:name': {} } });
      }),
    );
  });

  it('writes and reads fieldsV1 without loss', () => {
    fc.assert(
      fc.property(anyIntent, (spec) => {
        const set = toFieldSet({ spec }, shape);
        const text = JSON.stringify(encodeFieldsV1(set));
        expect(decodeFieldsV1(JSON.parse(text)).equals(set)).toBe(true);
        expect(JSON.stringify(encodeFieldsV1(decodeFieldsV1(JSON.parse(text))))).toBe(text);
      }),
    );
  });
});
