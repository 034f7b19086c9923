import { parseZoneName, type ZoneName } from '../../kernel';
import type { MemberCluster } from '../api';

/** A MemberCluster as far as placement looks at it. */
export interface FleetMember {
  readonly name: string;
  readonly zone: ZoneName;
  readonly region: string;
  readonly role: 'Gateway' | 'Workload';
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: NonNullable<MemberCluster['spec']>['taints'];
}

/** The members of a mesh, sorted by name. A cluster that is being deleted takes no part. */
export function fleetOf(clusters: readonly MemberCluster[], mesh: string): readonly FleetMember[] {
  const fleets = fleetsOf.get(clusters) ?? new Map<string, readonly FleetMember[]>();
  fleetsOf.set(clusters, fleets);
  const fleet = fleets.get(mesh) ?? membersOf(clusters, mesh);
  fleets.set(mesh, fleet);
  return fleet;
}

/** Lists never change, and a thousand access points ask for the same fleets. */
const fleetsOf = new WeakMap<readonly MemberCluster[], Map<string, readonly FleetMember[]>>();

function membersOf(clusters: readonly MemberCluster[], mesh: string): readonly FleetMember[] {
  return clusters
    .flatMap((cluster) => {
      const { metadata, spec } = cluster;
      if (spec === undefined || metadata.deletionTimestamp !== undefined || !spec.meshes.includes(mesh)) return [];
      return [fleetMemberOf(cluster, spec)];
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** Objects never change, and a thousand access points look at the same clusters. */
const remembered = new WeakMap<MemberCluster, FleetMember>();

function fleetMemberOf(cluster: MemberCluster, spec: NonNullable<MemberCluster['spec']>): FleetMember {
  const known = remembered.get(cluster);
  if (known !== undefined) return known;
  const { region, role, taints } = spec;
  const { name, labels = {} } = cluster.metadata;
  const member = { name, zone: parseZoneName(`${region}/${spec.zone}`), region, role, taints, labels };
  remembered.set(cluster, member);
  return member;
}

/** The zone's gateway cluster; the first by name should there be several. */
export function gatewayOf(zone: ZoneName, fleet: readonly FleetMember[]): FleetMember | undefined {
  return fleet.find((member) => member.zone === zone && member.role === 'Gateway');
}

/** The clusters that can hold a backend: workload clusters, and gateway clusters of zones without any. */
export function backendMembers(fleet: readonly FleetMember[]): FleetMember[] {
  const zonesWithWorkloads = new Set(fleet.filter(({ role }) => role === 'Workload').map(({ zone }) => zone));
  return fleet.filter(({ role, zone }) => role === 'Workload' || !zonesWithWorkloads.has(zone));
}
