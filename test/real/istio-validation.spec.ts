import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { istioKinds } from '../../src/istio';
import { validateIstioObject, validationTextList } from '../../src/istio/validation';
import { FlotillaError } from '../../src/kernel';
import { KubeClient, parseKubeconfig } from '../../src/kube';
import {
  coreKinds,
  type KubeObject,
  type ResourceKind,
  type StructuralSchema,
  toCustomResourceDefinition,
} from '../../src/kube/schema';
import { RealControlPlane } from './real-control-plane';
import { realPart } from './real-parts';

jest.setTimeout(120_000);

const testdata = join(__dirname, '..', '..', 'src', 'istio', 'validation', 'testdata');
const definitions = parseAllDocuments(readFileSync(realPart('istioCrds'), 'utf8'))
  .map((document) => document.toJS() as KubeObject | null)
  .filter((object) => object !== null);

let folder: string;
let plane: RealControlPlane;
let client: KubeClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-istio-validation-'));
  plane = await RealControlPlane.start(folder);
  client = new KubeClient(parseKubeconfig((await plane.cluster('istio')).kubeconfig));
  for (const definition of definitions)
    await client.apply(coreKinds.customResourceDefinition, definition, { fieldManager: 'test', force: true });
  await client.create(coreKinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  await untilServed();
});

afterAll(async () => {
  await client.close();
  await plane.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A new kind is served a moment after its definition was taken. */
async function untilServed(): Promise<void> {
  for (const kind of istioKinds) {
    let served = false;
    while (!served) {
      served = await client.list(kind, { namespace: 'shop' }).then(
        () => true,
        () => new Promise<boolean>((resolve) => setTimeout(resolve, 100, false)),
      );
    }
  }
}

/** What the API server says against an object; undefined when it takes it. */
async function refusal(object: KubeObject): Promise<string | undefined> {
  const kind = istioKinds.find((candidate) => candidate.kind === object.kind)!;
  const [group = '', version = ''] = object.apiVersion.split('/');
  const served: ResourceKind = { ...kind, group, version };
  const named = { ...object, metadata: { ...object.metadata, namespace: 'shop' } };
  try {
    await client.create(served, named, { dryRun: true });
    return undefined;
  } catch (cause) {
    if (cause instanceof FlotillaError) return cause.message;
    throw cause;
  }
}

const inputs: readonly (readonly [string, string])[] = [
  ...readdirSync(testdata)
    .filter((name) => name.endsWith('.in.yaml'))
    .map((name) => [name, readFileSync(join(testdata, name), 'utf8')] as const),
  ...validationTextList.map(({ code, example }) => [`example of ${code}`, example] as const),
];

it("refuses whatever Istio's own definitions refuse, and nothing good is refused by them", async () => {
  const missed: string[] = [];
  let refused = 0;
  for (const [name, text] of inputs) {
    const object = parse(text) as KubeObject;
    const answer = await refusal(object);
    const errors = validateIstioObject(object).filter(({ severity }) => severity === 'error');
    if (answer !== undefined) refused += 1;
    if (answer !== undefined && errors.length === 0) missed.push(`${name}: ${answer}`);
  }
  expect(missed).toEqual([]);
  expect(refused).toBeGreaterThan(50);
});

it("knows every field of Istio's definitions", () => {
  const missing = istioKinds.flatMap((kind) => {
    const theirs = definitions.find(({ metadata }) => metadata.name === `${kind.plural}.${kind.group}`)!;
    const ours = fieldsOf(specSchema(toCustomResourceDefinition(kind)), 'spec');
    return [...fieldsOf(specSchema(theirs), 'spec')]
      .filter((path) => !ours.has(path))
      .map((path) => `${kind.kind} ${path}`);
  });
  // Spellings from before v1 of two fields, which Istio keeps for old objects.
  const old = ['VirtualService spec.http[].mirror_percent', 'RequestAuthentication spec.jwtRules[].jwks_uri'];
  expect(missing.filter((field) => !old.includes(field))).toEqual([]);
});

function specSchema({ spec }: KubeObject): StructuralSchema {
  const { versions } = spec as { versions: { name: string; schema: { openAPIV3Schema: StructuralSchema } }[] };
  const version = versions.find(({ name }) => name === 'v1') ?? versions[0]!;
  return version.schema.openAPIV3Schema.properties!.spec!;
}

function fieldsOf(schema: StructuralSchema, path: string): Set<string> {
  const found = new Set([path]);
  const add = (child: StructuralSchema, childPath: string): void =>
    fieldsOf(child, childPath).forEach((one) => found.add(one));
  for (const [name, child] of Object.entries(schema.properties ?? {})) add(child, `${path}.${name}`);
  if (schema.items) add(schema.items, `${path}[]`);
  if (typeof schema.additionalProperties === 'object') add(schema.additionalProperties, `${path}.*`);
  return found;
}
