import { type Bundle, labels } from '../../federation/api';
import { type FlotillaError, toFlotillaError } from '../../kernel';
import type { KubeObject } from '../../kube/schema';
import { managedKinds } from '../apply/managed-kinds';
import { manifestsOf } from '../apply/manifests-of';
import { planRemoval } from '../apply/plan-apply';
import type { ApplyOutcome } from '../report/apply-outcome';
import { outcomeOf, prune } from './apply-bundle';
import type { TargetCluster } from './target-cluster';

/**
 * Takes a deleted bundle's objects out of its cluster: asks the cluster itself what carries the label, so that nothing is
 * left behind by a cache that is late.
 * @returns `applied` when nothing of the bundle is left
 */
export async function removeBundle(bundle: Bundle, target: TargetCluster, signal: AbortSignal): Promise<ApplyOutcome> {
  try {
    const objects = await listObjects(bundle, target, signal);
    const failures: FlotillaError[] = [];
    for (const step of planRemoval(bundle.metadata.name, objects)) {
      await prune(step, target, signal).catch((cause: unknown) => failures.push(toFlotillaError(cause)));
    }
    return outcomeOf(failures);
  } catch (cause) {
    return outcomeOf([toFlotillaError(cause)]);
  }
}

async function listObjects(bundle: Bundle, { client }: TargetCluster, signal: AbortSignal): Promise<KubeObject[]> {
  const labelSelector = `${labels.bundle}=${bundle.metadata.name}`;
  const found: KubeObject[] = [];
  for (const { apiVersion, kind } of managedKinds(manifestsOf(bundle))) {
    const resource = await client.kindOf(apiVersion, kind).catch((cause: unknown) => {
      const error = toFlotillaError(cause);
      if (error.code !== 'FLO2014') throw error;
      return undefined; // a kind that is not served has no objects
    });
    if (resource === undefined) continue;
    const { items } = await client.list(resource, { labelSelector, signal });
    found.push(...items.map((item) => ({ ...item, apiVersion, kind })));
  }
  return found;
}
