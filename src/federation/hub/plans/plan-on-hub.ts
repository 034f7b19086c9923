import { type Finding, FlotillaError, systemClock } from '../../../kernel';
import { KubeApiError, type KubeClient } from '../../../kube';
import { apiVersionOfKind, type KindDefinition, type KubeObject, objectKey } from '../../../kube/schema';
import { type Manifest, type MemberCluster, memberClusterKind } from '../../api';
import { type ChangePlan, planHub } from '../../plan';
import { checkConflicts } from './check-conflicts';
import { ClusterClients, type ContextOf } from './cluster-clients';
import { hubKinds } from '../setup';

/** Field manager of what people apply with `flotilla apply`. */
export const CLI_FIELD_MANAGER = 'flotilla-cli';

/** What somebody wants to do to the hub. */
export interface HubChange {
  /** As written; merged with what others own. */
  readonly objects: readonly KubeObject[];
  readonly deleted: readonly KubeObject[];
}

/** A plan against a hub as it is at this moment. */
export interface HubPlan {
  readonly plan: ChangePlan;
  readonly change: HubChange;
  /** The objects of the hub that the change is about, as they were read: applying insists on them. */
  readonly before: ReadonlyMap<string, KubeObject>;
  /** What every changed owner would have in its clusters. */
  readonly wanted: readonly Manifest[];
}

/** Kinds that a plan depends on; what people write, and what was released. */
const READ_KINDS = hubKinds.filter(({ kind }) => kind !== 'Rollout' && kind !== 'RolloutApproval');

/** The definition of a hub object's kind. @throws FlotillaError FLO3085 for an object that is none of the hub's */
export function hubKindOf({ apiVersion, kind, metadata }: KubeObject): KindDefinition {
  const found = hubKinds.find((candidate) => candidate.kind === kind && apiVersionOfKind(candidate) === apiVersion);
  if (found !== undefined) return found;
  throw new FlotillaError(`${kind} ${metadata.name} (${apiVersion}) is no object of the hub`, {
    code: 'FLO3085',
    retry: 'after-change',
    hint: 'apply other objects with kubectl; what access points render is applied by the zones',
  });
}

/**
 * Plans a change against a hub: what it holds, the change merged by the hub's own server-side dry run, and what the clusters say to it.
 * @param contextOf contexts of whoever asks, by which clusters are asked that the hub has no credentials of
 */
export async function planOnHub(client: KubeClient, change: HubChange, contextOf?: ContextOf): Promise<HubPlan> {
  const base = await readHub(client);
  const known = new Map(base.map((object) => [objectKey(object), object]));
  const merged = await Promise.all(change.objects.map((object) => mergeOnHub(client, object, known)));
  const next = new Map(known);
  for (const object of change.deleted) next.delete(objectKey(object));
  for (const { object } of merged) next.set(objectKey(object), object);
  const { plan, wanted } = planHub(base, [...next.values()], { nowMs: systemClock.nowMs(), onlyNew: true });
  const clients = new ClusterClients(client, base.filter(isMember), contextOf);
  try {
    const checked = await checkConflicts(plan, wanted, (cluster) => clients.reach(cluster));
    const findings = [...merged.flatMap((one) => one.findings), ...checked.findings];
    const keys = [...change.objects, ...change.deleted].map(objectKey);
    const before = new Map([...known].filter(([key]) => keys.includes(key)));
    return { plan: { ...checked, findings }, change, before, wanted };
  } finally {
    await clients.close();
  }
}

function isMember(object: KubeObject): object is MemberCluster {
  return object.kind === memberClusterKind.kind;
}

async function readHub(client: KubeClient): Promise<readonly KubeObject[]> {
  const lists = await Promise.all(
    READ_KINDS.map(async (kind) => {
      const { items } = await client.list(kind);
      // Items of a list carry neither apiVersion nor kind where a server leaves them out.
      return items.map((item): KubeObject => ({ ...item, apiVersion: apiVersionOfKind(kind), kind: kind.kind }));
    }),
  );
  return lists.flat();
}

interface Merged {
  readonly object: KubeObject;
  readonly findings: readonly Finding[];
}

/** The object as the hub would hold it. One that it would not take yet is planned as written: what it needs may come with it. */
async function mergeOnHub(
  client: KubeClient,
  object: KubeObject,
  known: ReadonlyMap<string, KubeObject>,
): Promise<Merged> {
  const kind = hubKindOf(object);
  const status = known.get(objectKey(object))?.status;
  const kept = status === undefined ? {} : { status };
  const options = { fieldManager: CLI_FIELD_MANAGER, dryRun: true };
  try {
    return { object: { ...(await client.apply(kind, object, options)), ...kept }, findings: [] };
  } catch (cause) {
    if (!(cause instanceof KubeApiError) || cause.isUnreachable) throw cause;
    if (cause.isForbidden) return { object: { ...object, ...kept }, findings: [asWritten(object)] };
    const findings = cause.fieldConflicts.map(({ field, manager }) => conflictFinding(object, field, manager));
    if (findings.length === 0) return { object: { ...object, ...kept }, findings: [] };
    const forced = await client.apply(kind, object, { ...options, force: true });
    return { object: { ...forced, ...kept }, findings };
  }
}

/** Who may read the hub but not write it may plan as well; only what others own of the object is not merged then. */
function asWritten({ apiVersion, kind, metadata }: KubeObject): Finding {
  const { name, namespace } = metadata;
  return {
    code: 'FLO3094',
    severity: 'info',
    object: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) },
    message: 'planned exactly as written: without the right to patch it, the hub cannot be asked what it would become',
    hint: 'fields that others own of it show as removed',
  };
}

function conflictFinding({ apiVersion, kind, metadata }: KubeObject, field: string, manager: string): Finding {
  const { name, namespace } = metadata;
  return {
    code: 'FLO3086',
    severity: 'warning',
    object: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) },
    path: field.replace(/^\./, ''),
    message: `the field belongs to "${manager}" on the hub`,
    hint: 'leave it out, or take it over with --force-conflicts',
  };
}

/** Objects of namespaced kinds that name no namespace go to `default`, as with kubectl. @throws FlotillaError FLO3085 as `hubKindOf` */
export function inNamespace(object: KubeObject): KubeObject {
  if (!hubKindOf(object).namespaced || object.metadata.namespace !== undefined) return object;
  return { ...object, metadata: { ...object.metadata, namespace: 'default' } };
}
