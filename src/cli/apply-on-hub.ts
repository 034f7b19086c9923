import { CLI_FIELD_MANAGER, hubKindOf, hubKinds, type HubPlan } from '../federation/hub';
import { FlotillaError, type ObjectReference } from '../kernel';
import { KubeApiError, type KubeClient } from '../kube';
import { type KubeObject, namespacedName, objectKey } from '../kube/schema';

/** Carries a planned change out, in the order of the hub's kinds. Every object must still be as the plan saw it. */
export async function applyOnHub(
  client: KubeClient,
  { change, before, plan }: HubPlan,
  force: boolean,
): Promise<readonly string[]> {
  const changed = new Set(plan.intent.map(({ object }) => keyOf(object)));
  const done: string[] = [];
  for (const object of inOrder(change.objects)) {
    if (!changed.has(objectKey(object))) continue;
    const planned = before.get(objectKey(object));
    await asPlanned(client, object, planned, async (resourceVersion) => {
      const metadata = { ...object.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
      await client.apply(hubKindOf(object), { ...object, metadata }, { fieldManager: CLI_FIELD_MANAGER, force });
    });
    done.push(`${object.kind} ${namespacedName(object)} ${planned === undefined ? 'created' : 'changed'}`);
  }
  for (const object of inOrder(change.deleted).reverse()) {
    const planned = before.get(objectKey(object));
    if (planned === undefined) continue;
    await asPlanned(client, object, planned, async (resourceVersion) => {
      const preconditions = resourceVersion === undefined ? {} : { preconditions: { resourceVersion } };
      const { name, namespace } = object.metadata;
      await client.delete(hubKindOf(object), name, namespace, preconditions);
    });
    done.push(`${object.kind} ${namespacedName(object)} deleted`);
  }
  return done;
}

/** How often a write is tried anew because only the status of the object changed meanwhile. */
const MAX_TRIES = 10;

/**
 * Writes only while the intent is what the plan saw. Statuses change all the time, so it is the generation that has to be the same, and the
 * version that was just read that the write insists on. @throws FlotillaError FLO3087 when the intent is another
 */
async function asPlanned(
  client: KubeClient,
  object: KubeObject,
  planned: KubeObject | undefined,
  write: (resourceVersion: string | undefined) => Promise<void>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const live = await client.get(hubKindOf(object), object.metadata.name, object.metadata.namespace);
    if (live?.metadata.generation !== planned?.metadata.generation) throw changedMeanwhile(object);
    try {
      return await write(live?.metadata.resourceVersion);
    } catch (cause) {
      const onlyMoved = cause instanceof KubeApiError && cause.isConflict && cause.fieldConflicts.length === 0;
      if (!onlyMoved || tries >= MAX_TRIES) throw cause;
    }
  }
}

function changedMeanwhile(object: KubeObject): FlotillaError {
  return new FlotillaError(`${object.kind} ${namespacedName(object)} on the hub was changed while the plan was shown`, {
    code: 'FLO3087',
    retry: 'after-change',
    hint: 'plan again',
  });
}

function keyOf({ apiVersion, kind, name, namespace }: ObjectReference): string {
  return objectKey({ apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } });
}

function inOrder(objects: readonly KubeObject[]): KubeObject[] {
  const place = (object: KubeObject): number => hubKinds.indexOf(hubKindOf(object));
  return [...objects].sort((left, right) => place(left) - place(right));
}
