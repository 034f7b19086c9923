import { accessPointFinding, type AccessPoint, type PlacedCluster } from '../../accesspoint';
import { type Finding, parseZoneName, type ZoneName } from '../../kernel';
import type { MemberCluster } from '../api';

/** Where an access point goes, and what stands against it. */
export interface Placement {
  /** Sorted by name; the gateway cluster of every zone is among them. */
  readonly clusters: readonly PlacedCluster[];
  readonly findings: readonly Finding[];
}

interface Member {
  readonly name: string;
  readonly zone: ZoneName;
  readonly role: 'Gateway' | 'Workload';
}

/**
 * The clusters of an access point: those of its mesh in the zones it names, or those it names together with the gateway cluster of each of
 * their zones. A zone without workload clusters keeps the backend in its gateway cluster.
 */
export function placeAccessPoint(accessPoint: AccessPoint, clusters: readonly MemberCluster[]): Placement {
  const { spec } = accessPoint;
  if (spec === undefined) return { clusters: [], findings: [] };
  const members = clusters.flatMap((cluster) => memberOf(cluster, spec.mesh)).sort(byName);
  const chosen = chosenMembers(spec.placement, members);
  const zones = [...new Set(chosen.map((member) => member.zone))].sort();
  const findings = zones.flatMap((zone) => {
    if (gatewayOf(zone, members) !== undefined) return [];
    return [
      accessPointFinding(accessPoint, {
        code: 'FLO3020',
        path: 'spec.placement',
        message: `zone ${zone} has no gateway cluster in mesh "${spec.mesh}", so nothing could lead traffic into it`,
        hint: 'add a MemberCluster with role Gateway there, or leave the zone out',
      }),
    ];
  });
  return { clusters: withBackend(chosen), findings };
}

function memberOf({ metadata, spec }: MemberCluster, mesh: string): Member[] {
  if (spec === undefined || metadata.deletionTimestamp !== undefined || !spec.meshes.includes(mesh)) return [];
  return [{ name: metadata.name, zone: parseZoneName(`${spec.region}/${spec.zone}`), role: spec.role }];
}

function chosenMembers(
  placement: { zones?: string[] | undefined; clusters?: string[] | undefined },
  members: readonly Member[],
): Member[] {
  const { zones = [], clusters = [] } = placement;
  const named = members.filter((member) => clusters.includes(member.name));
  const namedZones = new Set(named.map((member) => member.zone));
  const gateways = [...namedZones].flatMap((zone) => gatewayOf(zone, members) ?? []);
  const inZones = members.filter((member) => zones.includes(member.zone));
  return [...new Set([...named, ...gateways, ...inZones])].sort(byName);
}

/** The zone's gateway cluster; the first by name should there be several. */
function gatewayOf(zone: ZoneName, members: readonly Member[]): Member | undefined {
  return members.find((member) => member.zone === zone && member.role === 'Gateway');
}

function withBackend(members: readonly Member[]): PlacedCluster[] {
  const zonesWithWorkloads = new Set(members.filter(({ role }) => role === 'Workload').map(({ zone }) => zone));
  return members.map((member) => ({
    ...member,
    holdsBackend: member.role === 'Workload' || !zonesWithWorkloads.has(member.zone),
  }));
}

function byName(left: Member, right: Member): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}
