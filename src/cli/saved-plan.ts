import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ChangePlan } from '../federation';
import { annotations } from '../federation/api';
import { FlotillaError, toFlotillaError } from '../kernel';
import { type KubeObject, objectKey } from '../kube/schema';

/** A plan as `flotilla plan --out` keeps it: what was shown, and the hub objects that lead to it. */
export interface SavedPlan {
  readonly kind: 'SavedPlan';
  readonly version: 1;
  readonly plan: ChangePlan;
  /** Hub objects as they were written. */
  readonly objects: readonly KubeObject[];
  /** Hub objects that go; only what names them counts. */
  readonly deleted: readonly KubeObject[];
  /** What the plan creates in clusters, so that a refusal can say what is different about it by now. */
  readonly created?: readonly KubeObject[];
}

const hubObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().exactOptional() }),
});

const changes = z.array(
  z.looseObject({
    op: z.enum(['create', 'update', 'delete']),
    object: z.looseObject({ apiVersion: z.string(), kind: z.string(), name: z.string() }),
    diff: z.array(z.looseObject({ path: z.string() })),
  }),
);
const plan = z.looseObject({
  kind: z.literal('Plan'),
  digest: z.string(),
  intent: changes,
  clusters: z.array(z.looseObject({ cluster: z.string(), changes })),
});

const shape = z.object({
  kind: z.literal('SavedPlan'),
  version: z.literal(1),
  plan: z.custom<ChangePlan>((value) => plan.safeParse(value).success, 'it has not the shape of a plan'),
  objects: z.array(hubObject),
  deleted: z.array(hubObject),
  created: z.array(hubObject).exactOptional(),
});

/** Writes a plan, readable for its owner only: it may hold what nobody else should see. */
export async function writeSavedPlan(file: string, plan: SavedPlan): Promise<void> {
  await writeFile(file, `${JSON.stringify(plan, undefined, 2)}\n`, { mode: 0o600 });
}

/** Reads a saved plan. @throws FlotillaError FLO3083 when the file holds none */
export async function readSavedPlan(file: string): Promise<SavedPlan> {
  try {
    // Only this program writes such files; what apply relies on is computed anew and compared by digest.
    const parsed = shape.safeParse(JSON.parse(await readFile(file, 'utf8')));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new Error(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  } catch (cause) {
    throw new FlotillaError(`cannot read a saved plan from ${file}: ${toFlotillaError(cause).message}`, {
      code: 'FLO3083',
      retry: 'after-change',
      hint: 'make one with flotilla plan --out FILE',
      cause,
    });
  }
}

/** The manifests of a plan that clusters do not have yet. */
export function createdBy({ clusters }: ChangePlan, wanted: readonly KubeObject[]): readonly KubeObject[] {
  const created = new Set(
    clusters.flatMap(({ cluster, changes: all }) =>
      all
        .filter(({ op }) => op === 'create')
        .map(({ object }) => `${cluster} ${nameOf({ ...object, metadata: object })}`),
    ),
  );
  return wanted.filter((manifest) =>
    created.has(`${manifest.metadata.annotations?.[annotations.cluster] ?? ''} ${nameOf(manifest)}`),
  );
}

function nameOf({ apiVersion, kind, metadata }: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): string {
  return objectKey({ apiVersion, kind, metadata });
}

/** What a plan between two whole sets of files saves: the objects that differ, and those that go. */
export function savedPlanOf(plan: ChangePlan, next: readonly KubeObject[]): SavedPlan {
  const changed = plan.intent.map(({ op, object: { apiVersion, kind, name, namespace } }) => {
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    return { op, object: { apiVersion, kind, metadata } };
  });
  const written = new Set(changed.filter(({ op }) => op !== 'delete').map(({ object }) => objectKey(object)));
  return {
    kind: 'SavedPlan',
    version: 1,
    plan,
    objects: next.filter((object) => written.has(objectKey(object))).map(({ status: _status, ...object }) => object),
    deleted: changed.filter(({ op }) => op === 'delete').map(({ object }) => object),
  };
}

/** Hub objects with a plan applied to them: what is deleted goes, what is written replaces, and status stays. */
export function overlay(
  objects: readonly KubeObject[],
  { objects: written, deleted }: Pick<SavedPlan, 'objects' | 'deleted'>,
): readonly KubeObject[] {
  const gone = new Set(deleted.map(objectKey));
  const next = new Map(
    objects.filter((object) => !gone.has(objectKey(object))).map((object) => [objectKey(object), object]),
  );
  for (const object of written) {
    const key = objectKey(object);
    const before = next.get(key);
    next.set(key, before?.status === undefined ? object : { ...object, status: before.status });
  }
  return [...next.values()];
}
