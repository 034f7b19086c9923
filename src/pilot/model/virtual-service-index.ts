import type { VirtualService } from '../../istio';
import { hostWithin } from './host-name';
import { byCreation } from './object-order';
import { mergeDelegates } from './delegate';
import type { MeshSettings } from './mesh-settings';
import { type ResolvedVirtualService, resolveVirtualService } from './resolved-virtual-service';
import { isVisibleIn } from './visibility';

/** The gateway name that means every sidecar. */
export const MESH_GATEWAY = 'mesh';

/** VirtualServices with full names and delegates merged in, found by gateway and by the namespace that looks. */
export interface VirtualServiceIndex {
  /** Of one gateway (`namespace/name` or `mesh`), as a proxy of `namespace` sees them: private ones first, then by age. */
  readonly forGateway: (gateway: string, namespace: string) => readonly ResolvedVirtualService[];
  /** Of the mesh gateway, those that name this host or a wildcard over it. */
  readonly forMeshHost: (hostname: string, namespace: string) => readonly ResolvedVirtualService[];
}

/** Builds the index from the objects as people wrote them. */
export function indexVirtualServices(objects: readonly VirtualService[], settings: MeshSettings): VirtualServiceIndex {
  const resolved = [...objects].sort(byCreation).map((object) => resolveVirtualService(object, settings));
  const merged = mergeDelegates(resolved);
  const byGateway = new Map<string, ResolvedVirtualService[]>();
  for (const virtualService of merged) {
    for (const gateway of virtualService.gateways) {
      const bound = byGateway.get(gateway);
      if (bound) bound.push(virtualService);
      else byGateway.set(gateway, [virtualService]);
    }
  }
  const seen = new Map<string, readonly ResolvedVirtualService[]>();
  const forGateway = (gateway: string, namespace: string): readonly ResolvedVirtualService[] => {
    const key = `${namespace}|${gateway}`;
    const known = seen.get(key);
    if (known) return known;
    const visible = (byGateway.get(gateway) ?? []).filter(({ visibility }) => isVisibleIn(visibility, namespace));
    const ordered = [
      ...visible.filter((virtualService) => isPrivate(virtualService, namespace)),
      ...visible.filter((virtualService) => !isPrivate(virtualService, namespace)),
    ];
    seen.set(key, ordered);
    return ordered;
  };
  return {
    forGateway,
    forMeshHost: (hostname, namespace) =>
      forGateway(MESH_GATEWAY, namespace).filter(({ hosts }) => hosts.some((host) => hostWithin(hostname, host))),
  };
}

function isPrivate({ visibility, object }: ResolvedVirtualService, namespace: string): boolean {
  return visibility !== 'everywhere' && visibility.size === 1 && object.metadata.namespace === namespace;
}
