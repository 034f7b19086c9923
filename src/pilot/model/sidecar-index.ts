import type { Sidecar } from '../../istio';
import { labelsMatch } from './endpoint';
import { groupBy } from './group-by';
import type { MeshSettings } from './mesh-settings';
import { byCreation } from './object-order';
import type { Proxy } from './proxy';

/** Sidecar objects, found by the proxy that they are for. */
export interface SidecarIndex {
  /**
   * The one that applies (Istio's order): of the proxy's namespace with a selector that fits, then without selector, then
   * of the root namespace without selector; of several the oldest.
   */
  readonly forProxy: (proxy: Pick<Proxy, 'namespace' | 'labels'>) => Sidecar | undefined;
}

/** Builds the index. */
export function indexSidecars(objects: readonly Sidecar[], { rootNamespace }: MeshSettings): SidecarIndex {
  const byNamespace = groupBy([...objects].sort(byCreation), ({ metadata }) => metadata.namespace ?? '');
  return {
    forProxy: ({ namespace, labels }) => {
      const own = byNamespace.get(namespace) ?? [];
      return (
        own.find(
          (sidecar) => hasSelector(sidecar) && labelsMatch(sidecar.spec?.workloadSelector?.labels ?? {}, labels),
        ) ??
        own.find((sidecar) => !hasSelector(sidecar)) ??
        byNamespace.get(rootNamespace)?.find((sidecar) => !hasSelector(sidecar))
      );
    },
  };
}

function hasSelector({ spec }: Sidecar): boolean {
  return Object.keys(spec?.workloadSelector?.labels ?? {}).length > 0;
}
