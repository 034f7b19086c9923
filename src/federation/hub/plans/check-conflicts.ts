import { type Clock, systemClock, toFlotillaError } from '../../../kernel';
import { KubeApiError, type KubeClient, mapLimited } from '../../../kube';
import { annotations, FIELD_MANAGER, type Manifest } from '../../api';
import type { ChangePlan, ClusterChange, FieldManagerConflict } from '../../plan';

/** The part of a client that a dry run needs. */
export type DryRunClient = Pick<KubeClient, 'apply' | 'kindOf'>;

/** Who answers for a cluster, and how it is reached, or why nobody does. */
export type Reach = (cluster: string) => Promise<{ readonly client: DryRunClient; readonly by: string } | string>;

/** Dry runs per cluster: enough for any one change of an owner, and no load test of an API server. */
const MAX_DRY_RUNS = 500;
const CLUSTERS_AT_ONCE = 32;
const DRY_RUNS_AT_ONCE = 8;
/** For one cluster: whoever plans waits for the slowest. */
const MAX_WAIT_MS = 20_000;

/**
 * Asks the clusters of a plan whether they would take it: every object that comes or changes is applied as a server-side dry run,
 * with our field manager and without force. What others own is a conflict; a cluster that cannot be asked, or not about everything,
 * says why. Held clusters are not asked: nothing goes there now.
 */
export async function checkConflicts(
  plan: ChangePlan,
  wanted: readonly Manifest[],
  reach: Reach,
  clock: Clock = systemClock,
): Promise<ChangePlan> {
  const byCluster = manifestsByCluster(wanted);
  const clusters = await mapLimited(plan.clusters, CLUSTERS_AT_ONCE, (change) =>
    change.state === 'held'
      ? Promise.resolve(change)
      : checkCluster(change, byCluster.get(change.cluster) ?? [], reach, clock),
  );
  return { ...plan, clusters };
}

function manifestsByCluster(manifests: readonly Manifest[]): ReadonlyMap<string, readonly Manifest[]> {
  const byCluster = new Map<string, Manifest[]>();
  for (const manifest of manifests) {
    const cluster = manifest.metadata.annotations?.[annotations.cluster] ?? '';
    const known = byCluster.get(cluster);
    if (known === undefined) byCluster.set(cluster, [manifest]);
    else known.push(manifest);
  }
  return byCluster;
}

async function checkCluster(
  change: ClusterChange,
  wanted: readonly Manifest[],
  reach: Reach,
  clock: Clock,
): Promise<ClusterChange> {
  const manifests = askedAbout(change, wanted);
  if (manifests.length === 0) return change;
  const reached = await reach(change.cluster);
  if (typeof reached === 'string') return { ...change, notChecked: reached };
  const answers = await dryRuns(reached.client, manifests, clock);
  const conflicts = answers.flatMap((answer) => answer.conflicts ?? []);
  const asked = answers.filter(({ unknown }) => unknown === undefined).length;
  const reason = reasonOf(answers, manifests.length);
  return {
    ...change,
    ...(asked === 0 ? {} : { checkedWith: reached.by }),
    ...(conflicts.length === 0 ? {} : { conflicts }),
    ...(reason === undefined ? {} : { notChecked: reason }),
  };
}

/** What a zone would apply. A Namespace that is there is left alone by zones, whoever made it. */
function askedAbout({ changes }: ClusterChange, wanted: readonly Manifest[]): readonly Manifest[] {
  const touched = new Set(
    changes
      .filter(({ op }) => op !== 'delete')
      .map(({ object }) => `${object.apiVersion} ${object.kind} ${object.namespace ?? ''}/${object.name}`),
  );
  return wanted.filter(
    ({ apiVersion, kind, metadata }) =>
      kind !== 'Namespace' && touched.has(`${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`),
  );
}

/** What a cluster says to one object. */
interface DryRunAnswer {
  readonly conflicts?: readonly FieldManagerConflict[];
  /** Why it says nothing. */
  readonly unknown?: string;
  /** It would say as little to any other object. */
  readonly silent?: boolean;
}

/** Asks about some objects at once, and no further once the cluster does not answer. */
async function dryRuns(
  client: DryRunClient,
  manifests: readonly Manifest[],
  clock: Clock,
): Promise<readonly DryRunAnswer[]> {
  const endMs = clock.nowMs() + MAX_WAIT_MS;
  let isSilent = false;
  const answers = await mapLimited(manifests.slice(0, MAX_DRY_RUNS), DRY_RUNS_AT_ONCE, async (manifest) => {
    if (isSilent || clock.nowMs() > endMs) return [];
    const answer = await dryRun(client, manifest);
    isSilent ||= answer.silent === true;
    return [answer];
  });
  return answers.flat();
}

function reasonOf(answers: readonly DryRunAnswer[], wanted: number): string | undefined {
  const silent = answers.find((answer) => answer.silent === true);
  if (silent !== undefined) return silent.unknown;
  const unknown = answers.flatMap((answer) => answer.unknown ?? []);
  const missing = wanted - answers.length + unknown.length;
  if (missing === 0) return undefined;
  return `${missing} of ${wanted} objects: ${unknown[0] ?? 'asking about all of them would take too long'}`;
}

async function dryRun(client: DryRunClient, manifest: Manifest): Promise<DryRunAnswer> {
  const { apiVersion, kind, metadata } = manifest;
  const { name, namespace } = metadata;
  const object = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
  try {
    await client.apply(await client.kindOf(apiVersion, kind), manifest, { fieldManager: FIELD_MANAGER, dryRun: true });
    return {};
  } catch (cause) {
    return answerTo(cause, object);
  }
}

/** Tells what the cluster holds against an object from what keeps it from saying so. */
function answerTo(cause: unknown, object: FieldManagerConflict['object']): DryRunAnswer {
  const { code, message } = toFlotillaError(cause);
  if (code === KIND_NOT_SERVED) return { conflicts: [{ object, message }] };
  if (!(cause instanceof KubeApiError) || cause.statusCode === undefined) return { unknown: message, silent: true };
  const { statusCode, fieldConflicts } = cause;
  if (fieldConflicts.length > 0) return { conflicts: fieldConflicts.map((conflict) => ({ object, ...conflict })) };
  // Its Namespace comes with the change itself.
  if (cause.isNotFound) return {};
  if (statusCode === 401 || statusCode === 429 || statusCode >= 500) return { unknown: message, silent: true };
  if (isAboutWhoAsks(cause)) return { unknown: message };
  return { conflicts: [{ object, message }] };
}

/** FLO2014 */
const KIND_NOT_SERVED = 'FLO2014';

/** RBAC refuses who asks, and admission webhooks refuse objects, both with 403; webhooks with side effects take no dry runs at all. */
function isAboutWhoAsks({ isForbidden, message }: KubeApiError): boolean {
  return (isForbidden && / cannot [a-z]+ resource /.test(message)) || message.includes('does not support dry run');
}
