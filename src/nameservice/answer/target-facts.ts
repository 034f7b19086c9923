import { type AccessPoint, isIpAddress, zonesByDistance } from '../../accesspoint';
import type { MemberCluster } from '../../federation/api';
import { parseZoneName } from '../../kernel';
import { namespacedName } from '../../kube/schema';

/** One AccessPoint in one zone, as last seen. */
export interface TargetZone {
  readonly zone: string;
  /** The web tier: what DNS tells. */
  readonly gateways: readonly string[];
  /** The app tiers: what the mesh connects to directly. */
  readonly vips: readonly string[];
  readonly drainedUntil?: string;
}

/** AccessPoint, `namespace/name` → its zones, sorted. */
export type TargetFacts = Readonly<Record<string, readonly TargetZone[]>>;

/** What is known of the AccessPoints that names lead to. */
export function targetFactsOf(accessPoints: readonly AccessPoint[], clusters: readonly MemberCluster[]): TargetFacts {
  return Object.fromEntries(
    accessPoints.map((accessPoint) => [namespacedName(accessPoint), zonesOf(accessPoint, clusters)]),
  );
}

function zonesOf(accessPoint: AccessPoint, clusters: readonly MemberCluster[]): TargetZone[] {
  const rows = accessPoint.status?.clusters ?? [];
  const drains = new Map((accessPoint.status?.drains ?? []).map(({ zone, until }) => [zone, until]));
  return [...new Set(rows.map(({ zone }) => zone))].sort().map((zone) => {
    const own = rows.filter((row) => row.zone === zone);
    const gateways = own.flatMap(({ gatewayAddress }) => gatewayAddress ?? []);
    const shared = sharedGateways(accessPoint, zone, clusters);
    const drainedUntil = drains.get(zone);
    return {
      zone,
      gateways: distinctIps(gateways.length > 0 ? gateways : shared),
      vips: distinctIps(own.flatMap(({ vip }) => vip ?? [])),
      ...(drainedUntil === undefined ? {} : { drainedUntil }),
    };
  });
}

/** The address that every access point of a mesh shares in a zone, as its gateway cluster reports it. */
function sharedGateways({ spec }: AccessPoint, zone: string, clusters: readonly MemberCluster[]): string[] {
  return clusters
    .filter((cluster) => cluster.spec?.role === 'Gateway' && zoneOfCluster(cluster) === zone)
    .flatMap(({ status }) => status?.facts?.gatewayAddresses.filter(({ mesh }) => mesh === spec?.mesh) ?? [])
    .map(({ address }) => address);
}

function distinctIps(addresses: readonly string[]): string[] {
  return [...new Set(addresses.filter(isIpAddress))].sort();
}

function zoneOfCluster({ spec }: MemberCluster): string {
  return `${spec?.region}/${spec?.zone}`;
}

/** What names need to know of the fleet as a whole. */
export interface FleetGeography {
  /** Zone → the other zones, nearest first. */
  readonly nearest: Readonly<Record<string, readonly string[]>>;
  /** Zone → CIDRs of its clients. */
  readonly networks: Readonly<Record<string, readonly string[]>>;
}

/** Distances and client networks of the zones. */
export function geographyOf(clusters: readonly MemberCluster[]): FleetGeography {
  const zones = [...new Set(clusters.map((cluster) => parseZoneName(zoneOfCluster(cluster))))].sort();
  const networks = zones.map((zone): [string, string[]] => {
    const own = clusters.filter((cluster) => zoneOfCluster(cluster) === zone);
    return [zone, [...new Set(own.flatMap(({ spec }) => spec?.clientNetworks ?? []))].sort()];
  });
  return {
    nearest: Object.fromEntries(zones.map((zone) => [zone, zonesByDistance(zone, zones, [])])),
    networks: Object.fromEntries(networks.filter(([, cidrs]) => cidrs.length > 0)),
  };
}
