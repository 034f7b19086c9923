import type { AccessPoint } from '../accesspoint';
import { annotations, type Manifest } from '../federation/api';
import { parseLocality, type ZoneName } from '../kernel';
import { type KubeObject, namespacedName } from '../kube/schema';
import { decideEntryHealth, deadZonesOf, drainsOf, moveWeights, remoteMembersOf } from '../zone/drain';
import { isGone, withHealth, withoutOrder } from './agent-effects';
import { type NameView, nameView } from './name-view';
import { primaryOfZone } from './primary-of-zone';
import type { SimulatedPrimary } from './scenario';
import type { SimulatedFleet } from './simulated-fleet';
import { slicesOf } from './simulated-slices';
import { clusterOf, NODE, podsOf } from './simulated-pods';

/** The objects that the primary of one zone sees, after zone agents did in this scenario what they do. */
export interface ZoneView {
  readonly zone: ZoneName;
  readonly gateway: string;
  readonly primary: SimulatedPrimary;
  readonly objects: readonly { readonly cluster: string; readonly object: KubeObject }[];
  /** Addresses that take no connections. */
  readonly dead: ReadonlySet<string>;
  /** Global names by `namespace/name`. */
  readonly names: ReadonlyMap<string, NameView>;
}

/** What a zone's primary would know. Runs the very rules of the zone agent: probes, drains, and weights for an upstream istiod. */
export function zoneView(zone: ZoneName, fleet: SimulatedFleet): ZoneView {
  const members = fleet.hub.clusters.filter(({ spec }) => `${spec?.region ?? ''}/${spec?.zone ?? ''}` === zone);
  const clusters = new Set(members.map(({ metadata }) => metadata.name));
  const gateway = members.find(({ spec }) => spec?.role === 'Gateway')?.metadata.name ?? zone;
  const own = fleet.manifests.filter((manifest) => clusters.has(clusterOf(manifest)));
  const owners = fleet.hub.accessPoints.map((accessPoint, index) => {
    const manifests = own.filter(({ metadata }) => metadata.annotations?.[annotations.owner] === ownerOf(accessPoint));
    return ownerView(accessPoint, index, { zone, manifests, fleet });
  });
  const names = fleet.hub.nameServices.map((service) => {
    const manifests = own.filter(({ metadata }) => metadata.annotations?.[annotations.owner] === ownerOf(service));
    return [namespacedName(service), nameView({ zone, manifests, fleet })] as const;
  });
  const shared = own.filter(({ metadata }) => metadata.annotations?.[annotations.owner] === undefined);
  const nodes = [...clusters].map((name) => nodeOf(zone, name));
  const views = [...owners, ...names.map(([, view]) => view)];
  const objects = [...nodes, ...shared, ...views.flatMap((view) => view.objects)];
  return {
    zone,
    gateway,
    primary: primaryOfZone(zone, fleet),
    objects: objects.map((object) => ({ cluster: clusterOf(object) || gateway, object })),
    dead: new Set(views.flatMap(({ dead }) => dead)),
    names: new Map(names),
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
    primaryOfZone(zone, fleet) === 'istiod'
      ? withoutOrder(moveWeights({ manifests, zone, dead: deadZonesOf(zone, ready, members, decision) }))
      : manifests;
  return {
    objects: [
      ...applied.map((manifest) => withHealth(manifest, healthy, nowMs)),
      ...pods,
      ...slicesOf(accessPoint, manifests, pods),
    ],
    dead: [...dead, ...gone.map(({ address }) => address)],
  };
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

function ownerOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.namespace ?? 'default'}/${metadata.name}`;
}
