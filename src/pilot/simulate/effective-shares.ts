/** One locality of a cluster's endpoints as a load balancer sees it. */
export interface LoadedLocality {
  /** `region/zone`. */
  readonly zone: string;
  /** Envoy's LocalityLbEndpoints.priority: 0 first. */
  readonly priority: number;
  /** LocalityLbEndpoints.load_balancing_weight. */
  readonly weight: number;
  /** Endpoints, and how many of them are healthy and not ejected. */
  readonly endpoints: number;
  readonly healthy: number;
}

/** Where requests end up: zone → fraction, and the fraction that finds no healthy endpoint at all. */
export interface EffectiveShares {
  readonly shares: ReadonlyMap<string, number>;
  readonly lost: number;
}

/** Envoy's ClusterLoadAssignment.Policy.overprovisioning_factor when none is set. */
export const DEFAULT_OVERPROVISIONING_PERCENT = 140;

/**
 * The split of an Envoy with locality weights, panic mode off (healthy_panic_threshold 0), as its load balancer computes it:
 * priorities first (by hosts, in whole percent, spilling when healthy ÷ all × factor < 1), localities inside a priority by
 * weight × min(1, factor × healthy ÷ all).
 * Source: Envoy docs "Priority levels" and "Locality weighted load balancing".
 */
export function envoyShares(
  localities: readonly LoadedLocality[],
  overprovisioningPercent: number = DEFAULT_OVERPROVISIONING_PERCENT,
): EffectiveShares {
  const priorities = byPriority(localities);
  const loads = priorityLoads(priorities, overprovisioningPercent);
  const shares = new Map<string, number>();
  let served = 0;
  priorities.forEach((members, index) => {
    const load = (loads[index] ?? 0) / 100;
    served += spread(members, load, shares, (member) => availability(member, overprovisioningPercent));
  });
  return { shares, lost: 1 - served };
}

/**
 * The split of a proxyless gRPC client (gRFC A27, A56): the first priority with a reachable endpoint takes everything; within it a
 * locality counts with its whole weight as long as one of its endpoints is reachable. There is no overprovisioning.
 */
export function grpcShares(localities: readonly LoadedLocality[]): EffectiveShares {
  const shares = new Map<string, number>();
  const serving = byPriority(localities).find((members) => members.some(({ healthy }) => healthy > 0)) ?? [];
  const served = spread(serving, 1, shares, ({ healthy }) => (healthy > 0 ? 1 : 0));
  return { shares, lost: 1 - served };
}

function byPriority(localities: readonly LoadedLocality[]): readonly (readonly LoadedLocality[])[] {
  const numbers = [...new Set(localities.map(({ priority }) => priority))].sort((left, right) => left - right);
  return numbers.map((priority) => localities.filter((locality) => locality.priority === priority));
}

/** Percent of the load per priority; whole numbers, as Envoy computes them, with the rounding rest on the first that has any. */
function priorityLoads(priorities: readonly (readonly LoadedLocality[])[], overprovisioningPercent: number): number[] {
  const health = priorities.map((members) => {
    const all = members.reduce((sum, { endpoints }) => sum + endpoints, 0);
    const healthy = members.reduce((sum, member) => sum + member.healthy, 0);
    return all === 0 ? 0 : Math.min(100, Math.floor((overprovisioningPercent * healthy) / all));
  });
  const total = Math.min(
    100,
    health.reduce((sum, value) => sum + value, 0),
  );
  if (total === 0) return health;
  let rest = 100;
  const loads = health.map((value) => {
    const load = Math.min(rest, Math.floor((value * 100) / total));
    rest -= load;
    return load;
  });
  const first = loads.findIndex((load) => load > 0);
  if (first >= 0) loads[first] = (loads[first] ?? 0) + rest;
  return loads;
}

function availability({ endpoints, healthy }: LoadedLocality, overprovisioningPercent: number): number {
  return endpoints === 0 ? 0 : Math.min(1, (overprovisioningPercent / 100) * (healthy / endpoints));
}

/** Adds a priority's load to the zones by effective weight; returns how much of it found a healthy endpoint. */
function spread(
  members: readonly LoadedLocality[],
  load: number,
  shares: Map<string, number>,
  factor: (member: LoadedLocality) => number,
): number {
  const weights = members.map((member) => (member.healthy > 0 ? member.weight * factor(member) : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return 0;
  members.forEach(({ zone }, index) => {
    const part = (load * (weights[index] ?? 0)) / total;
    if (part > 0) shares.set(zone, (shares.get(zone) ?? 0) + part);
  });
  return load;
}
