import { labelsMatch } from './endpoint';
import { groupBy } from './group-by';
import type { KubeObject } from '../../kube/schema';
import type { MeshSettings } from './mesh-settings';
import { byCreation } from './object-order';
import type { Proxy } from './proxy';

/** The part of a policy that says which workloads it is for. */
interface SelectingSpec {
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> | undefined } | undefined;
  readonly targetRef?: unknown;
  readonly targetRefs?: readonly unknown[] | undefined;
}

/** Policies of one kind, found by the workload that they are for. */
export interface WorkloadPolicyIndex<Policy> {
  /** Those of the root namespace first, then those of the workload's own, each oldest first; all of them hold. */
  readonly forProxy: (proxy: Pick<Proxy, 'namespace' | 'labels'>) => readonly Policy[];
}

/** Builds the index. Policies attached to a Gateway API object by targetRefs are for other proxies and left out. */
export function indexWorkloadPolicies<Policy extends KubeObject<SelectingSpec>>(
  objects: readonly Policy[],
  { rootNamespace }: MeshSettings,
): WorkloadPolicyIndex<Policy> {
  const selecting = objects.filter(({ spec }) => spec?.targetRef === undefined && !spec?.targetRefs?.length);
  const byNamespace = groupBy([...selecting].sort(byCreation), ({ metadata }) => metadata.namespace ?? '');
  return {
    forProxy: ({ namespace, labels }) =>
      [...new Set([rootNamespace, namespace])]
        .flatMap((from) => byNamespace.get(from) ?? [])
        .filter(({ spec }) => labelsMatch(spec?.selector?.matchLabels ?? {}, labels)),
  };
}
