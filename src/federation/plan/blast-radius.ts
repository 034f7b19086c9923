import { annotations, type Manifest } from '../api';
import type { ClusterChange } from './cluster-change';

/** How the traffic of an owner is spread over clusters, as fractions that sum to 1 per owner (`Kind/namespace/name`). */
export type TrafficShares = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** One step of the release and what it can hurt. */
export interface BlastStage {
  readonly clusters: readonly string[];
  /** Host → fraction of its traffic that passes the clusters of this stage. */
  readonly traffic: Readonly<Record<string, number>>;
  /** Largest of them: the worst that this stage can do to one host. */
  readonly worst: number;
}

/** Who notices when the change is bad. */
export interface BlastRadius {
  readonly hosts: readonly string[];
  readonly vips: readonly string[];
  /** In release order: the first is the canary. */
  readonly stages: readonly BlastStage[];
}

/** Computes the blast radius of the changes of some clusters; one cluster a stage, which is the default rollout. */
export function blastRadiusOf(
  clusters: readonly ClusterChange[],
  manifests: readonly Manifest[],
  traffic: TrafficShares,
): BlastRadius {
  const owners = ownersByObject(manifests);
  const hosts = hostsByOwner(manifests);
  const touched = (change: ClusterChange): ReadonlySet<string> =>
    new Set(
      change.changes.flatMap(
        ({ object }) => owners.get(`${change.cluster} ${object.kind}/${object.namespace ?? ''}/${object.name}`) ?? [],
      ),
    );
  const all = new Set(clusters.flatMap((change) => [...touched(change)]));
  return {
    hosts: sortedUnion([...all].map((owner) => hosts.get(owner) ?? [])),
    vips: sortedUnion(manifests.filter((manifest) => all.has(ownerOf(manifest))).map(addressesOf)),
    stages: clusters
      .filter(({ state }) => state === 'ready')
      .map((change) => stageOf(change, touched(change), hosts, traffic)),
  };
}

function stageOf(
  { cluster }: ClusterChange,
  owners: ReadonlySet<string>,
  hosts: ReadonlyMap<string, readonly string[]>,
  traffic: TrafficShares,
): BlastStage {
  const shares: Record<string, number> = {};
  for (const owner of owners) {
    const share = traffic.get(owner)?.get(cluster) ?? 0;
    for (const host of hosts.get(owner) ?? []) shares[host] = Math.max(shares[host] ?? 0, share);
  }
  const sorted = Object.fromEntries(Object.entries(shares).sort(([left], [right]) => left.localeCompare(right)));
  return { clusters: [cluster], traffic: sorted, worst: Math.max(0, ...Object.values(shares)) };
}

function ownerOf({ metadata }: Manifest): string {
  return metadata.annotations?.[annotations.owner] ?? '';
}

function ownersByObject(manifests: readonly Manifest[]): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, readonly string[]>();
  for (const manifest of manifests) {
    const { kind, metadata } = manifest;
    const cluster = metadata.annotations?.[annotations.cluster] ?? '';
    const owner = ownerOf(manifest);
    if (owner !== '') owners.set(`${cluster} ${kind}/${metadata.namespace ?? ''}/${metadata.name}`, [owner]);
  }
  return owners;
}

function hostsByOwner(manifests: readonly Manifest[]): ReadonlyMap<string, readonly string[]> {
  const hosts = new Map<string, readonly string[]>();
  for (const manifest of manifests) {
    if (manifest.kind !== 'ServiceEntry') continue;
    const named = (manifest.spec as { hosts?: readonly string[] } | undefined)?.hosts ?? [];
    hosts.set(ownerOf(manifest), [...new Set([...(hosts.get(ownerOf(manifest)) ?? []), ...named])]);
  }
  return hosts;
}

function addressesOf({ kind, spec }: Manifest): readonly string[] {
  const address = kind === 'WorkloadEntry' ? (spec as { address?: string } | undefined)?.address : undefined;
  return address === undefined ? [] : [address];
}

function sortedUnion(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())].sort();
}
