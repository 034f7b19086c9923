import type { AccessPoint } from '../accesspoint';
import { annotations, type Manifest } from '../federation/api';
import type { Pod } from '../istio';
import type { ZoneName } from '../kernel';
import type { KubeObject } from '../kube/schema';
import { primaryOfZone } from './primary-of-zone';
import type { SimulatedFleet } from './simulated-fleet';

/** Name of the node that imagined pods run on, one in every cluster. */
export const NODE = 'node';

/** Pods that each zone has of an access point when neither the input nor the scenario says. */
const DEFAULT_PODS = 4;

/** The pods of one access point in one zone, and the addresses of those that take no connections. */
export interface SimulatedPods {
  readonly pods: readonly KubeObject[];
  readonly dead: readonly string[];
}

/** Where pods are looked for. */
export interface PodSurroundings {
  readonly zone: ZoneName;
  /** What the access point becomes in this zone. */
  readonly manifests: readonly Manifest[];
  readonly fleet: SimulatedFleet;
}

/**
 * The pods of the input, or imagined ones where the backend runs; the scenario's part of them is dead. Our pilot sees that they are not
 * ready; beside an upstream istiod they stay among the endpoints, for its load balancers to find out.
 */
export function podsOf(accessPoint: AccessPoint, index: number, surroundings: PodSurroundings): SimulatedPods {
  const { zone, fleet } = surroundings;
  const pods = givenPods(accessPoint, surroundings) ?? imaginedPods(accessPoint, index, surroundings);
  const percent = fleet.scenario.unhealthy.get(zone) ?? 0;
  const dead = Math.round((pods.length * percent) / 100);
  const seen =
    primaryOfZone(zone, fleet) === 'istiod' ? pods : pods.map((pod, index) => (index < dead ? unready(pod) : pod));
  return { pods: seen, dead: pods.slice(0, dead).map(addressOf) };
}

function unready(pod: KubeObject): KubeObject {
  const status = pod.status as Pod['status'];
  const conditions = status?.conditions?.filter(({ type }) => type !== 'Ready') ?? [];
  return { ...pod, status: { ...status, conditions: [...conditions, { type: 'Ready', status: 'False' }] } };
}

function givenPods({ spec, metadata }: AccessPoint, { manifests, fleet }: PodSurroundings): readonly Pod[] | undefined {
  const clusters = new Set(manifests.map(clusterOf));
  const selector = Object.entries(spec?.backend.selector ?? {});
  const mine = fleet.pods.filter(
    (pod) =>
      clusters.has(clusterOf(pod)) &&
      pod.metadata.namespace === (metadata.namespace ?? 'default') &&
      selector.every(([key, value]) => pod.metadata.labels?.[key] === value),
  );
  return mine.length > 0 ? (mine as readonly Pod[]) : undefined;
}

function imaginedPods(accessPoint: AccessPoint, index: number, surroundings: PodSurroundings): readonly Pod[] {
  const { zone, manifests, fleet } = surroundings;
  const { spec, metadata } = accessPoint;
  const cluster = backendCluster(manifests);
  if (cluster === undefined || spec === undefined) return [];
  const zones = [
    ...new Set(fleet.hub.clusters.map((member) => `${member.spec?.region ?? ''}/${member.spec?.zone ?? ''}`)),
  ];
  const place = zones.sort().indexOf(zone);
  const ports = spec.ports.flatMap(({ targetPort, number, name }) =>
    typeof targetPort === 'string' ? [{ name: targetPort, containerPort: number }] : [{ name, containerPort: number }],
  );
  const labels = spec.backend.selector;
  const count = fleet.scenario.pods.get(zone) ?? reportedEndpoints(accessPoint, zone, fleet) ?? DEFAULT_PODS;
  return Array.from({ length: count }, (_, pod): Pod => {
    const podIP = fleet.podAddress(place, index, pod);
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${metadata.name}-${pod}`,
        namespace: metadata.namespace ?? 'default',
        labels,
        annotations: { [annotations.cluster]: cluster },
      },
      spec: { nodeName: NODE, containers: [{ ports }] },
      status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions: [{ type: 'Ready', status: 'True' }] },
    };
  });
}

/** Ready endpoints as the zone reports them in its bundles, where the input has those. */
function reportedEndpoints({ metadata }: AccessPoint, zone: ZoneName, { hub }: SimulatedFleet): number | undefined {
  const counts = hub.bundles.flatMap(({ spec, status }) => {
    const { kind, name, namespace = 'default' } = spec?.owner ?? { kind: '', name: '' };
    const mine = kind === 'AccessPoint' && name === metadata.name && namespace === (metadata.namespace ?? 'default');
    return mine && spec?.zone === zone && status?.readyEndpoints !== undefined ? [status.readyEndpoints] : [];
  });
  return counts.length === 0 ? undefined : Math.max(...counts);
}

/** The backend runs where its Service is. */
function backendCluster(manifests: readonly Manifest[]): string | undefined {
  return manifests
    .filter(({ kind }) => kind === 'Service')
    .map(clusterOf)
    .sort()[0];
}

function addressOf(pod: KubeObject): string {
  const status = pod.status as { readonly podIP?: string } | undefined;
  return status?.podIP ?? '';
}

/** The cluster that an object of the input or of a bundle is for; '' when it does not say. */
export function clusterOf({ metadata }: KubeObject): string {
  return metadata.annotations?.[annotations.cluster] ?? '';
}
