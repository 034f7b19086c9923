import { isIpAddress } from '../ip-address';
import type { ZoneName } from '../../kernel';
import type { PlacedCluster } from '../placed-cluster';
import { zonesOf } from '../placed-cluster';
import { type LocalityShares, type PoolLocality, poolShares } from '../weights';
import type { RenderContext } from './render-context';

/** The app tier of one cluster, as other zones reach it. */
export interface RemoteMember {
  readonly cluster: string;
  readonly zone: ZoneName;
  readonly address: string;
}

/** The app tier of one cluster that cannot be reached from other zones yet. */
export interface PendingMember {
  readonly cluster: string;
  readonly zone: ZoneName;
  readonly reason: 'AddressUnknown' | 'AddressNotIp';
  readonly address?: string;
}

/** All app tiers of an access point, split by whether their address can be used. */
export interface Members {
  readonly known: readonly RemoteMember[];
  readonly pending: readonly PendingMember[];
}

/** What is the same in every cluster of an access point. */
interface Shared {
  readonly spec: RenderContext['spec'];
  readonly meshSpec: RenderContext['meshSpec'];
  readonly clusters: readonly PlacedCluster[];
  readonly members: Members;
  readonly shares: readonly LocalityShares[];
}

/** Inputs never change, so what follows from the facts of one moment is worked out once and not once for each cluster. */
const remembered = new WeakMap<object, Shared>();

function sharedOf(context: RenderContext): Shared {
  const { spec, meshSpec, clusters, facts } = context;
  const known = remembered.get(facts);
  if (known?.spec === spec && known.meshSpec === meshSpec && known.clusters === clusters) return known;
  const members = splitMembers(context);
  const shared = { spec, meshSpec, clusters, members, shares: allShares(context, members) };
  remembered.set(facts, shared);
  return shared;
}

/** The clusters that hold the backend, split by what is known of their VIP. Istio drops endpoints that are not IP addresses (R7). */
export function membersOf(context: RenderContext): Members {
  return sharedOf(context).members;
}

function splitMembers({ clusters, facts }: Pick<RenderContext, 'clusters' | 'facts'>): Members {
  const known: RemoteMember[] = [];
  const pending: PendingMember[] = [];
  for (const cluster of backendClusters(clusters)) {
    const address = facts.vips[cluster.name];
    const member = { cluster: cluster.name, zone: cluster.zone };
    if (address === undefined) pending.push({ ...member, reason: 'AddressUnknown' });
    else if (!isIpAddress(address)) pending.push({ ...member, reason: 'AddressNotIp', address });
    else known.push({ ...member, address });
  }
  return { known, pending };
}

function backendClusters(clusters: readonly PlacedCluster[]): PlacedCluster[] {
  return clusters.filter((cluster) => cluster.holdsBackend).sort((left, right) => (left.name < right.name ? -1 : 1));
}

/**
 * One entry per source zone. The source zone itself is always a member, because its pods need no VIP; a remote zone is one
 * once any of its VIPs is known.
 */
export function sharesOf(context: RenderContext): readonly LocalityShares[] {
  return sharedOf(context).shares;
}

/** What the shares follow from, the same for every cluster. */
export function poolLocalityOf({ spec, meshSpec, clusters }: RenderContext, { known }: Members): PoolLocality {
  const reachable = new Set(known.map((member) => member.zone));
  const zones = zonesOf(clusters.filter((cluster) => cluster.holdsBackend));
  const { localPercent = meshSpec.locality.localPercent, remote, failoverOrder } = spec.runtime.locality;
  return {
    ...{ localPercent, remote, failoverOrder },
    members: zones.filter((zone) => reachable.has(zone)),
    localOnly: zones.filter((zone) => !reachable.has(zone)),
  };
}

function allShares(context: RenderContext, members: Members): LocalityShares[] {
  const pool = poolLocalityOf(context, members);
  const { drains } = context.facts;
  return zonesOf(context.clusters).map((from) => poolShares(from, pool, (zone) => drains?.[zone] !== undefined));
}
