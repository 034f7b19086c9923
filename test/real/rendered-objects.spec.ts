import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseObjects } from '../../src/cli/read-objects';
import { renderOffline } from '../../src/federation';
import { canonicalJson } from '../../src/kernel';
import { KubeApiError, KubeClient, parseKubeconfig } from '../../src/kube';
import { coreKinds, type KubeObject, type ResourceKind } from '../../src/kube/schema';
import { installDefinitions } from './real-clusters';
import { RealControlPlane } from './real-control-plane';

jest.setTimeout(600_000);

const root = join(__dirname, '../..');
const goldens = join(root, 'src/accesspoint/render/testdata');
const examples = join(root, 'deploy/examples');
const nowMs = Date.UTC(2026, 0, 1);
const AT_ONCE = 8;

function objectsOf(path: string): KubeObject[] {
  return parseObjects(readFileSync(path, 'utf8'), path).map(({ object }) => object);
}

function filesIn(folder: string, ending: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  return names.sort().map((name) => join(folder, name));
}

/** Everything that is rendered from one set of files, each object once whatever its revision. */
function rendered(sets: readonly (readonly KubeObject[])[]): KubeObject[] {
  const distinct = new Map<string, KubeObject>();
  for (const manifest of sets.flatMap((objects) => renderOffline(objects, nowMs).manifests)) {
    const { metadata } = manifest;
    const marks = { ...metadata.annotations, ...metadata.labels };
    const own = Object.entries(marks).filter(([key]) => !/flotilla\.dev\/(bundle|cluster|revision)$/.test(key));
    distinct.set(canonicalJson({ ...manifest, metadata: [metadata.namespace, metadata.name, own] }), manifest);
  }
  return [...distinct.values()];
}

describe('a real API server with the definitions of Istio', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-real-'));
  const kinds = new Map<string, ResourceKind>();
  let plane: RealControlPlane;
  let client: KubeClient;

  beforeAll(async () => {
    plane = await RealControlPlane.start(folder);
    const cluster = await plane.cluster('rendered', { dualStack: true });
    await installDefinitions(cluster);
    client = new KubeClient(parseKubeconfig(cluster.kubeconfig));
  });

  afterAll(async () => {
    await client?.close();
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function kindOf({ apiVersion, kind }: KubeObject): Promise<ResourceKind> {
    const known = kinds.get(`${apiVersion} ${kind}`);
    if (known !== undefined) return known;
    const found = await client.kindOf(apiVersion, kind);
    if (found === undefined) throw new Error(`the API server has no ${kind} of ${apiVersion}`);
    kinds.set(`${apiVersion} ${kind}`, found);
    return found;
  }

  /** What the API server says against an object, if anything. */
  async function refusal(object: KubeObject, dryRun: boolean): Promise<string[]> {
    try {
      await client.apply(await kindOf(object), object, { fieldManager: 'flotilla', force: true, dryRun });
      return [];
    } catch (cause) {
      if (!(cause instanceof KubeApiError)) throw cause;
      return [cause.message];
    }
  }

  async function refusals(objects: readonly KubeObject[], dryRun: boolean): Promise<string[]> {
    const waiting = [...objects];
    const found: string[] = [];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        found.push(...(await refusal(next, dryRun)));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return found.sort();
  }

  async function ensureNamespaces(objects: readonly KubeObject[]): Promise<void> {
    const names = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
    const namespaces = [...names].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
    for (const namespace of namespaces) await client.apply(coreKinds.namespace, namespace, { fieldManager: 'test' });
  }

  it('takes every object of every golden pair', async () => {
    const objects = rendered(filesIn(goldens, '.in.yaml').map(objectsOf));
    await ensureNamespaces(objects);
    expect(objects.length).toBeGreaterThan(300);
    expect(await refusals(objects, true)).toEqual([]);
  });

  it('takes every example, and everything that is rendered from them', async () => {
    const hubObjects = filesIn(examples, '.yaml').flatMap(objectsOf);
    const objects = rendered([hubObjects]);
    await ensureNamespaces([...hubObjects, ...objects]);
    expect(await refusals(hubObjects, false)).toEqual([]);
    expect(await refusals(objects, true)).toEqual([]);
  });
});
