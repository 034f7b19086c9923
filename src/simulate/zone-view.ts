import type { AccessPoint } from '../accesspoint';
import { annotations, type Manifest } from '../federation/api';
import type { WorkloadEntry } from '../istio';
import { formatTime, parseLocality, type ZoneName } from '../kernel';
import { type KubeObject, namespacedName } from '../kube/schema';
import { decideEntryHealth, deadZonesOf, drainsOf, moveWeights, remoteMembersOf } from '../zone/drain';
import type { Scenario } from './scenario';
import type { SimulatedFleet } from './simulated-fleet';
import { NODE, podsOf } from './simulated-pods';

/** The objects that the primary of one zone sees, after zone agents did in this scenario what they do. */
export interface ZoneView {
  readonly zone: ZoneName;
  readonly gateway: string;
  readonly objects: readonly { readonly cluster: string; readonly object: KubeObject }[];
  /** Addresses that take no connections. */
  readonly dead: ReadonlySet<string>;
}

/** Makes of WorkloadEntries with the annotation those that serve only with a True `Healthy` condition (R9). */
const HEALTH_CHECKS = 'proxy.istio.io/health-checks-enabled';

/** What a zone's primary would know. Runs the very rules of the zone agent: probes, drains, and weights for an upstream istiod. */
export function zoneView(zone: ZoneName, fleet: SimulatedFleet): ZoneView {
  const members = fleet.hub.clusters.filter(({ spec }) => `${spec?.region ?? ''}/${spec?.zone ?? ''}` === zone);
  const names = new Set(members.map(({ metadata }) => metadata.name));
  const gateway = members.find(({ spec }) => spec?.role === 'Gateway')?.metadata.name ?? zone;
  const own = fleet.manifests.filter((manifest) => names.has(clusterOf(manifest)));
  const owners = fleet.hub.accessPoints.map((accessPoint, index) => {
    const manifests = own.filter(({ metadata }) => metadata.annotations?.[annotations.owner] === ownerOf(accessPoint));
    return ownerView(accessPoint, index, { zone, manifests, fleet });
  });
  const shared = own.filter(({ metadata }) => metadata.annotations?.[annotations.owner] === undefined);
  const nodes = [...names].map((name) => nodeOf(zone, name));
  const objects = [...nodes, ...shared, ...owners.flatMap((owner) => owner.objects)];
  return {
    zone,
    gateway,
    objects: objects.map((object) => ({ cluster: clusterOf(object) || gateway, object })),
    dead: new Set(owners.flatMap(({ dead }) => dead)),
  };
}

interface OwnerSurroundings {
  readonly zone: ZoneName;
  readonly manifests: readonly Manifest[];
  readonly fleet: SimulatedFleet;
}

function ownerView(
  accessPoint: AccessPoint,
  index: number,
  { zone, manifests, fleet }: OwnerSurroundings,
): { readonly objects: readonly KubeObject[]; readonly dead: readonly string[] } {
  const { scenario, nowMs } = fleet;
  const { pods, dead } = podsOf(accessPoint, index, { zone, manifests, fleet });
  const ready = pods.length - dead.length;
  const members = remoteMembersOf(manifests);
  const gone = members.filter((member) => isGone(member.zone, scenario));
  const decision = decideEntryHealth({
    zone,
    readyEndpoints: ready,
    members,
    drains: drainsOf(manifests),
    healthOf: (member) => ({ healthy: !gone.includes(member) }),
    nowMs,
  });
  const healthy = new Map(decision.entries.map((verdict) => [verdict.entry, verdict.healthy]));
  const applied =
    scenario.primary === 'istiod'
      ? withoutOrder(moveWeights({ manifests, zone, dead: deadZonesOf(zone, ready, members, decision) }))
      : manifests;
  return {
    objects: [...applied.map((manifest) => withHealth(manifest, healthy, nowMs)), ...pods],
    dead: [...dead, ...gone.map(({ address }) => address)],
  };
}

/** A zone whose pods are all gone answers no probe, just as a lost one. */
function isGone(zone: string, { lose, unhealthy }: Scenario): boolean {
  const name = lose.find((lost) => lost === zone);
  return name !== undefined || [...unhealthy].some(([where, percent]) => where === zone && percent === 100);
}

/** An upstream istiod does not read our order; only the zone agent does, and has moved weights by it. */
function withoutOrder(manifests: readonly KubeObject[]): readonly KubeObject[] {
  return manifests.map((manifest) => {
    if (manifest.metadata.annotations?.[annotations.failoverOrder] === undefined) return manifest;
    const { [annotations.failoverOrder]: _order, ...kept } = manifest.metadata.annotations;
    return { ...manifest, metadata: { ...manifest.metadata, annotations: kept } };
  });
}

function withHealth(object: KubeObject, healthy: ReadonlyMap<string, boolean>, nowMs: number): KubeObject {
  const verdict = object.kind === 'WorkloadEntry' ? healthy.get(namespacedName(object)) : undefined;
  if (verdict === undefined) return object;
  const { metadata } = object;
  const now = formatTime(nowMs);
  const status = verdict ? 'True' : 'False';
  const condition = { type: 'Healthy', status, lastProbeTime: now, lastTransitionTime: now };
  const entry: Pick<WorkloadEntry, 'metadata' | 'status'> = {
    metadata: { ...metadata, annotations: { ...metadata.annotations, [HEALTH_CHECKS]: 'true' } },
    status: { conditions: [condition] },
  };
  return { ...object, ...entry };
}

function nodeOf(zone: ZoneName, cluster: string): KubeObject {
  const { region, zone: name } = parseLocality(zone);
  const labels = { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': name };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NODE, labels, annotations: { [annotations.cluster]: cluster } },
  };
}

function clusterOf({ metadata }: KubeObject): string {
  return metadata.annotations?.[annotations.cluster] ?? '';
}

function ownerOf({ metadata }: AccessPoint): string {
  return `AccessPoint/${metadata.namespace ?? 'default'}/${metadata.name}`;
}
