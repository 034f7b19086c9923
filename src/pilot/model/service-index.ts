import { groupBy } from './group-by';
import { compareText } from './host-name';
import type { MeshService } from './service';
import { isVisibleIn } from './visibility';

/** All services, found by host name and by the namespace that looks. */
export interface ServiceIndex {
  /** Oldest first, then by name and namespace: the order in which services win conflicts. */
  readonly all: readonly MeshService[];
  /** Services that a namespace sees; where several have one host, only the one that wins there. */
  readonly visibleIn: (namespace: string) => readonly MeshService[];
  /** The service of this host that wins for a namespace, exact names only. */
  readonly find: (hostname: string, namespace: string) => MeshService | undefined;
  /** Of services with one host, the one that a namespace takes. */
  readonly winner: (candidates: readonly MeshService[], namespace: string) => MeshService | undefined;
  /** Services that belong to a namespace. */
  readonly ofNamespace: (namespace: string) => readonly MeshService[];
  /** ExternalName Services that are further names of a host, as a namespace sees them. */
  readonly aliasesOf: (hostname: string, namespace: string) => readonly MeshService[];
  /** Whether any namespace has a service of this host. */
  readonly exists: (hostname: string) => boolean;
}

/** Orders services as they win conflicts. */
export function byAge(left: MeshService, right: MeshService): number {
  return (
    compareText(left.createdAt, right.createdAt) ||
    compareText(left.name, right.name) ||
    compareText(left.namespace, right.namespace)
  );
}

/** Builds the index; what a namespace sees is worked out when it is first asked for. */
export function indexServices(services: readonly MeshService[]): ServiceIndex {
  const all = [...services].sort(byAge);
  const byHost = groupBy(all, ({ hostname }) => hostname);
  const byNamespace = groupBy(all, ({ namespace }) => namespace);
  const aliases = groupBy(all, ({ externalName }) => externalName);
  const find = (hostname: string, namespace: string): MeshService | undefined =>
    winner(byHost.get(hostname) ?? [], namespace);
  const visible = new Map<string, readonly MeshService[]>();
  return {
    all,
    find,
    winner,
    ofNamespace: (namespace) => byNamespace.get(namespace) ?? [],
    aliasesOf: (hostname, namespace) =>
      (aliases.get(hostname) ?? []).filter(({ visibility }) => isVisibleIn(visibility, namespace)),
    exists: (hostname) => byHost.has(hostname),
    visibleIn: (namespace) => {
      const known = visible.get(namespace);
      if (known) return known;
      const seen = all.filter((service) => find(service.hostname, namespace) === service);
      visible.set(namespace, seen);
      return seen;
    },
  };
}

/** One's own namespace first, then Kubernetes Services before ServiceEntries, then the oldest. */
function winner(candidates: readonly MeshService[], namespace: string): MeshService | undefined {
  const visible = candidates.filter(({ visibility }) => isVisibleIn(visibility, namespace));
  return (
    visible.find((service) => service.namespace === namespace) ??
    visible.find(({ registry }) => registry === 'Kubernetes') ??
    visible[0]
  );
}
