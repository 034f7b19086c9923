import type { VirtualService } from '../../istio';
import { groupBy } from './group-by';
import { mostSpecificMatch } from './host-name';
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
  /** Of the mesh gateway, those that name this host, else those with the narrowest wildcard over it. */
  readonly forMeshHost: (hostname: string, namespace: string) => readonly ResolvedVirtualService[];
}

/** Builds the index from the objects as people wrote them. */
export function indexVirtualServices(objects: readonly VirtualService[], settings: MeshSettings): VirtualServiceIndex {
  const resolved = [...objects].sort(byCreation).map((object) => resolveVirtualService(object, settings));
  const bindings = mergeDelegates(resolved).flatMap((virtualService) =>
    virtualService.gateways.map((gateway) => ({ gateway, virtualService })),
  );
  const byGateway = groupBy(bindings, ({ gateway }) => gateway);
  const seen = new Map<string, readonly ResolvedVirtualService[]>();
  const forGateway = (gateway: string, namespace: string): readonly ResolvedVirtualService[] => {
    const key = `${namespace}|${gateway}`;
    const known = seen.get(key);
    if (known) return known;
    const visible = (byGateway.get(gateway) ?? [])
      .map(({ virtualService }) => virtualService)
      .filter(({ visibility }) => isVisibleIn(visibility, namespace));
    const ordered = [
      ...visible.filter((virtualService) => isPrivate(virtualService, namespace)),
      ...visible.filter((virtualService) => !isPrivate(virtualService, namespace)),
    ];
    seen.set(key, ordered);
    return ordered;
  };
  const byHost = new Map<string, ReadonlyMap<string, readonly ResolvedVirtualService[]>>();
  return {
    forGateway,
    forMeshHost: (hostname, namespace) => {
      const known = byHost.get(namespace) ?? indexByHost(forGateway(MESH_GATEWAY, namespace));
      byHost.set(namespace, known);
      return mostSpecificMatch(known, hostname) ?? [];
    },
  };
}

function indexByHost(
  virtualServices: readonly ResolvedVirtualService[],
): ReadonlyMap<string, readonly ResolvedVirtualService[]> {
  const pairs = virtualServices.flatMap((virtualService) =>
    virtualService.hosts.map((host) => ({ host, virtualService })),
  );
  return new Map(
    [...groupBy(pairs, ({ host }) => host)].map(([host, list]) => [
      host,
      list.map(({ virtualService }) => virtualService),
    ]),
  );
}

function isPrivate({ visibility, object }: ResolvedVirtualService, namespace: string): boolean {
  return visibility !== 'everywhere' && visibility.size === 1 && object.metadata.namespace === namespace;
}
