import { toFlotillaError } from '../../../kernel';
import { KubeApiError, type KubeClient } from '../../../kube';
import { annotations, FIELD_MANAGER, type Manifest } from '../../api';
import type { ChangePlan, ClusterChange, FieldManagerConflict } from '../../plan';

/** The part of a client that a dry run needs. */
export type DryRunClient = Pick<KubeClient, 'apply' | 'kindOf'>;

/** A client for a cluster, or why there is none. */
export type ClientFor = (cluster: string) => DryRunClient | string;

/** Dry runs per cluster: enough for any one change of an owner, and no load test of an API server. */
const MAX_DRY_RUNS = 500;

/**
 * Asks the clusters of a plan whether they would take it: every object that comes or changes is applied as a server-side dry run,
 * with our field manager and without force. What others own is a conflict; a cluster that cannot be asked says why.
 */
export async function checkConflicts(
  plan: ChangePlan,
  wanted: readonly Manifest[],
  clientFor: ClientFor,
): Promise<ChangePlan> {
  const clusters = await Promise.all(
    plan.clusters.map((change) =>
      checkCluster(change, wanted, change.state === 'held' ? 'held' : clientFor(change.cluster)),
    ),
  );
  return { ...plan, clusters };
}

async function checkCluster(
  change: ClusterChange,
  wanted: readonly Manifest[],
  client: DryRunClient | string,
): Promise<ClusterChange> {
  if (typeof client === 'string') return change.state === 'held' ? change : { ...change, notChecked: client };
  const manifests = changedManifests(change, wanted);
  const conflicts: FieldManagerConflict[] = [];
  for (const manifest of manifests.slice(0, MAX_DRY_RUNS)) {
    const outcome = await dryRun(client, manifest);
    if (typeof outcome === 'string') return { ...change, notChecked: outcome };
    conflicts.push(...outcome);
  }
  const notChecked = `only the first ${MAX_DRY_RUNS} of ${manifests.length} objects were asked about`;
  const rest = manifests.length > MAX_DRY_RUNS ? { notChecked } : {};
  return { ...change, ...(conflicts.length === 0 ? {} : { conflicts }), ...rest };
}

function changedManifests({ cluster, changes }: ClusterChange, wanted: readonly Manifest[]): readonly Manifest[] {
  const touched = new Set(
    changes
      .filter(({ op }) => op !== 'delete')
      .map(({ object }) => `${object.apiVersion} ${object.kind} ${object.namespace ?? ''}/${object.name}`),
  );
  return wanted.filter(({ apiVersion, kind, metadata }) => {
    const here = metadata.annotations?.[annotations.cluster] === cluster;
    return here && touched.has(`${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
  });
}

/** Conflicts of one object, or why the cluster cannot be asked at all. */
async function dryRun(client: DryRunClient, manifest: Manifest): Promise<readonly FieldManagerConflict[] | string> {
  const { apiVersion, kind, metadata } = manifest;
  const { name, namespace } = metadata;
  const object = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
  try {
    await client.apply(await client.kindOf(apiVersion, kind), manifest, { fieldManager: FIELD_MANAGER, dryRun: true });
    return [];
  } catch (cause) {
    // A kind that the cluster does not serve is a matter of this object alone.
    if (!(cause instanceof KubeApiError)) return [{ object, message: toFlotillaError(cause).message }];
    if (cause.fieldConflicts.length > 0)
      return cause.fieldConflicts.map(({ field, manager }) => ({ object, field, manager }));
    // Its Namespace comes with the change itself.
    if (cause.isNotFound) return [];
    if (cause.isUnreachable || cause.isForbidden) return cause.message;
    return [{ object, message: cause.message }];
  }
}
