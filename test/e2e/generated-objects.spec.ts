import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { parseObjects } from '../../src/cli/read-objects';
import { renderOffline } from '../../src/federation';
import { type KubeObject, objectKey } from '../../src/kube/schema';

jest.setTimeout(1_800_000);

const nowMs = Date.UTC(2026, 0, 1);
const wanted = Number(process.env.GENERATED_OBJECTS ?? 100_000);
const folder = join(__dirname, '../../src/accesspoint/render/testdata');

/** Small sets of hub objects that are right, or wrong in one way: what the generated ones are made from. */
const seeds = readdirSync(folder)
  .filter((name) => name.endsWith('.in.yaml'))
  .map((name) => parseObjects(readFileSync(join(folder, name), 'utf8'), name).map(({ object }) => object));

/** Most runs use small fleets, which are quick; the others reach what only large ones have. */
const small = seeds.filter((objects) => objects.length <= 4);
const LARGE_SHARE = 20;

type Container = Record<string, unknown> | unknown[];

/** Every place of a value: the container and the key in it. */
function placesOf(value: unknown, places: [Container, string | number][] = []): [Container, string | number][] {
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      places.push([value, index]);
      placesOf(item, places);
    });
  } else if (typeof value === 'object' && value !== null) {
    const record = value as Record<string, unknown>;
    for (const [key, item] of Object.entries(record)) {
      places.push([record, key]);
      placesOf(item, places);
    }
  }
  return places;
}

const wild = fc.oneof(
  fc.constantFrom<unknown>(null, '', '*', '~', '.', -1, 0, 1e18, 0.5, true, [], {}, [null], { a: {} }, '__proto__'),
  fc.constantFrom<unknown>('10.1.2.3', 'a/b', 'a/b/c', '2026-13-01', '5', '5s', '0s', '1h'.repeat(200), 'é', '\u0000'),
  fc.jsonValue({ maxDepth: 3 }),
);
const mutation = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom('replace' as const, 'remove' as const, 'add' as const, 'repeat' as const),
  key: fc.constantFrom('spec', 'name', 'extra', 'port', 'zones', '0'),
  value: wild,
});
const meanObjects = (sets: readonly (readonly KubeObject[])[]): number =>
  sets.reduce((sum, objects) => sum + objects.length, 0) / sets.length;
/** Sets that hold so many objects together; checked below. */
const runs = Math.ceil(
  (1.05 * wanted) / (meanObjects(small) + (meanObjects(seeds) - meanObjects(small)) / LARGE_SHARE),
);
const generated = fc.record({ seed: fc.nat(), mutations: fc.array(mutation, { minLength: 1, maxLength: 4 }) });

/** The objects of a seed with some places changed. Kind and name stay what they are: without them a file is no object at all. */
function objectsOf({ seed, mutations }: { seed: number; mutations: readonly MutationOf[] }): KubeObject[] {
  const from = seed % LARGE_SHARE === 0 ? seeds : small;
  const objects = structuredClone(from[Math.floor(seed / LARGE_SHARE) % from.length]) as KubeObject[];
  for (const { place, kind, key, value } of mutations) {
    const places = objects.flatMap(({ spec, status, metadata: { name: _name, ...rest } }) =>
      placesOf([spec, status, rest].filter((part) => part !== undefined)),
    );
    const [container, at] = places[place % Math.max(1, places.length)] ?? [[], 0];
    mutate(container, at, { kind, key, value: structuredClone(value) });
  }
  return objects;
}

interface MutationOf {
  readonly place: number;
  readonly kind: 'replace' | 'remove' | 'add' | 'repeat';
  readonly key: string;
  readonly value: unknown;
}

function mutate(container: Container, at: string | number, { kind, key, value }: Omit<MutationOf, 'place'>): void {
  const record = container as Record<string | number, unknown>;
  if (kind === 'replace') record[at] = value;
  else if (kind === 'remove' && Array.isArray(container)) container.splice(Number(at), 1);
  else if (kind === 'remove') delete record[at];
  else if (Array.isArray(container)) container.push(kind === 'repeat' ? structuredClone(container[0]) : value);
  else record[key] = value;
}

it(`judges and renders ${wanted} generated objects without a crash, and says what is wrong with each`, () => {
  const told = { accepted: 0, refused: 0 };
  let made = 0;
  fc.assert(
    fc.property(generated, (input) => {
      const objects = objectsOf(input);
      made += objects.length;
      const { manifests, findings } = renderOffline(objects, nowMs);
      for (const { code, message, object, path } of findings) {
        expect(code).toMatch(/^FLO\d{4}$/);
        expect(message).not.toMatch(/\bundefined\b|\[object|TypeError|Cannot read/);
        expect(object?.name).toBeTruthy();
        expect(path).toBeTruthy();
      }
      const keys = manifests.map(
        (one) => `${one.metadata.annotations?.['federation.flotilla.dev/cluster']} ${objectKey(one)}`,
      );
      expect(new Set(keys).size).toBe(keys.length);
      if (findings.some(({ severity }) => severity === 'error')) told.refused += 1;
      else told.accepted += 1;
    }),
    { numRuns: runs, endOnFailure: true },
  );
  expect(made).toBeGreaterThanOrEqual(wanted);
  // Both ways are exercised: what is changed at random is often wrong, and not always.
  expect(Math.min(told.accepted, told.refused)).toBeGreaterThan(runs / 20);
});
