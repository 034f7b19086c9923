import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { KubeObject } from '../../src/kube/schema';
import type { ContractWorld } from './contract-world';
import { type Answer, answerOf } from './recorded-answer';
import type { ContractServer, Received } from './wire-client';

const FOLDER = join(__dirname, 'testdata');

/** One request after the object was made. */
interface Change {
  readonly patch?: 'merge' | 'json' | 'strategic';
  /** With `merge` laid over what was created and sent by PUT. */
  readonly replace?: Readonly<Record<string, unknown>>;
  /** `Table`, `PartialObjectMetadata`; read as a list with `list`. */
  readonly read?: string;
  readonly list?: boolean;
  readonly query?: string;
  readonly subresource?: string;
  readonly body?: unknown;
  /** Prepares what follows; its answer is not written down. */
  readonly silent?: boolean;
}

/** An object, what is done with it, and nothing about what comes of it: that is what the reference server says. */
interface RecordedCase {
  readonly about: string;
  /** `v1/services`, `apps/v1/deployments`; in the suite's namespace unless `cluster` is set. */
  readonly resource: string;
  readonly cluster?: boolean;
  readonly object: KubeObject;
  readonly changes?: readonly Change[];
}

/**
 * Cases from testdata/*.in.yaml, whose answers stand in *.out.yaml as the real kube-apiserver gave them; with
 * UPDATE_GOLDEN=1 a run against it writes them anew. No other server ever writes them.
 */
export function recordedContract(world: () => ContractWorld, server: () => ContractServer): void {
  beforeAll(async () => installDefinitions(world()), 60_000);

  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.in.yaml'))) {
    const cases = parse(readFileSync(join(FOLDER, file), 'utf8'), { merge: true }) as RecordedCase[];
    const outFile = join(FOLDER, file.replace('.in.yaml', '.out.yaml'));
    const expected = existsSync(outFile)
      ? (parse(readFileSync(outFile, 'utf8')) as Readonly<Record<string, readonly Answer[]>>)
      : {};
    const recorded: Record<string, readonly Answer[]> = {};
    const records = (): boolean => process.env.UPDATE_GOLDEN === '1' && server().reference === true;

    describe(file.replace('.in.yaml', ''), () => {
      it.each(cases.map((one) => [one.about, one] as const))('%s', async (about, one) => {
        const answers = await play(world(), one);
        if (records()) recorded[about] = answers;
        else expect(answers).toEqual(expected[about]);
      });

      afterAll(() => {
        if (records()) writeFileSync(outFile, stringify(recorded, { lineWidth: 140, aliasDuplicateObjects: false }));
      });
    });
  }
}

/** The kinds of testdata/definitions.yaml, served when this is done. */
async function installDefinitions(world: ContractWorld): Promise<void> {
  const definitions = parse(readFileSync(join(FOLDER, 'definitions.yaml'), 'utf8')) as Received['json'][];
  for (const { spec, ...definition } of definitions) {
    const { group, names } = spec as { group: string; names: { plural: string } };
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const { status, text } = await world.client.post(path, { ...definition, spec });
    if (status !== 201) throw new Error(`a definition was refused: ${text}`);
    const collection = `/apis/${group}/v1/${names.plural}`;
    await world.eventually(async () => (await world.client.get(collection)).status === 200);
  }
}

async function play(
  world: ContractWorld,
  { resource, cluster, object, changes = [] }: RecordedCase,
): Promise<Answer[]> {
  const { client, namespace } = world;
  const collection = collectionOf(resource, cluster === true ? undefined : namespace);
  const created = await client.post(collection, object);
  const answer = (received: Received): Answer => answerOf(received, namespace);
  if (created.status !== 201) return [answer(created)];
  const path = `${collection}/${created.json.metadata.name}`;
  try {
    const answers: Answer[] = changes.length === 0 ? [answer(created)] : [];
    for (const change of changes) {
      const received = await send(world, { collection, path, created }, change);
      if (change.silent !== true) answers.push(answer(received));
    }
    return answers;
  } finally {
    await client.delete(path, { gracePeriodSeconds: 0, propagationPolicy: 'Background' });
  }
}

function send(
  { client }: ContractWorld,
  { collection, path, created }: { readonly collection: string; readonly path: string; readonly created: Received },
  { patch, replace, read, list, query, subresource, body }: Change,
): Promise<Received> {
  const target = `${list === true ? collection : path}${subresource === undefined ? '' : `/${subresource}`}${query ?? ''}`;
  if (patch !== undefined) return client.patch(target, patch, body);
  if (replace !== undefined) return client.put(target, { ...created.json, ...replace });
  if (read !== undefined) return client.get(target, { accept: `application/json;as=${read};g=meta.k8s.io;v=v1` });
  return client.post(target, body);
}

function collectionOf(resource: string, namespace: string | undefined): string {
  const slash = resource.lastIndexOf('/');
  const [groupVersion, plural] = [resource.slice(0, slash), resource.slice(slash + 1)];
  const prefix = groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
  return namespace === undefined ? `${prefix}/${plural}` : `${prefix}/namespaces/${namespace}/${plural}`;
}
