import { type EffectiveShares, envoyShares, grpcShares, type LoadedLocality } from '../pilot/simulate';
import { type MeshModel, type Proxy, withLocality } from '../pilot/model';
import type { envoy } from '../pilot/proto';
import { distributeFor, findTarget, translateEndpoints } from '../pilot/translate';
import { istiodWeights } from './istiod-weights';
import type { SimulatedPrimary } from './scenario';

type ClusterLoadAssignment = envoy.config.endpoint.v3.ClusterLoadAssignment;

/** Envoy's outlier_detection.max_ejection_percent when none is set. */
const DEFAULT_MAX_EJECTION_PERCENT = 10;

/** Where the requests of one client to one host end up. */
export interface ClientShares extends EffectiveShares {
  /** Fraction that reaches an endpoint that takes no connections, because outlier detection may not take it out. */
  readonly failing: number;
}

/** What is asked: one client of one primary, one of its clusters, and who is dead. */
export interface ClientQuestion {
  readonly model: MeshModel;
  readonly proxy: Proxy;
  /** Istio's name of the cluster: `outbound|80||host`. */
  readonly clusterName: string;
  readonly dead: ReadonlySet<string>;
  readonly primary: SimulatedPrimary;
}

/**
 * Translates what the client would get, and computes what its load balancer makes of it: Envoy's arithmetic with the hosts that
 * outlier detection may eject, or a gRPC client's, which leaves what it cannot connect to.
 * @returns undefined when the client gets no such cluster
 */
export function clientShares(question: ClientQuestion): ClientShares | undefined {
  const assignment = assignmentOf(question);
  if (assignment === undefined) return undefined;
  const localities = localitiesOf(assignment, question.dead);
  if (question.proxy.generator === 'grpc') {
    const seen = localities.map((locality) => ({ ...locality, healthy: locality.endpoints - locality.dead }));
    return { ...grpcShares(seen), failing: 0 };
  }
  const ejected = ejectDead(localities, ejectable(question, localities));
  const { shares, lost } = envoyShares(ejected, assignment.policy?.overprovisioningFactor);
  return { shares, lost, failing: failingPart(ejected, shares) };
}

/** Exactly what the client would be sent. */
export function assignmentOf({
  model,
  proxy,
  clusterName,
  primary,
}: Omit<ClientQuestion, 'dead'>): ClusterLoadAssignment | undefined {
  const [resource] = translateEndpoints(model, proxy, [clusterName]);
  const assignment = resource?.body as ClusterLoadAssignment | undefined;
  if (assignment === undefined || primary === 'flotilla') return assignment;
  const distribute = findTarget(model, proxy, clusterName)?.policy.loadBalancer?.localityLbSetting?.distribute ?? [];
  const entry = distributeFor(distribute, withLocality(model, proxy).locality);
  return entry?.to === undefined ? assignment : istiodWeights(assignment, entry.to);
}

interface Locality extends LoadedLocality {
  readonly dead: number;
}

function localitiesOf({ endpoints = [] }: ClusterLoadAssignment, dead: ReadonlySet<string>): readonly Locality[] {
  return endpoints.flatMap(({ locality, lbEndpoints = [], loadBalancingWeight = 1, priority = 0 }) => {
    if (lbEndpoints.length === 0) return [];
    const addresses = lbEndpoints.map(({ endpoint }) => endpoint?.address?.socketAddress?.address ?? '');
    return [
      {
        zone: `${locality?.region ?? ''}/${locality?.zone ?? ''}`,
        priority,
        weight: Number(loadBalancingWeight),
        endpoints: addresses.length,
        healthy: addresses.length,
        dead: addresses.filter((address) => dead.has(address)).length,
      },
    ];
  });
}

/** How many hosts of the cluster Envoy's outlier detection may take out at once (max_ejection_percent, 10 when unset). */
function ejectable({ model, proxy, clusterName }: ClientQuestion, localities: readonly Locality[]): number {
  const detection = findTarget(model, proxy, clusterName)?.policy.outlierDetection;
  if (detection === undefined) return 0;
  const hosts = localities.reduce((sum, { endpoints }) => sum + endpoints, 0);
  return Math.floor(((detection.maxEjectionPercent || DEFAULT_MAX_EJECTION_PERCENT) * hosts) / 100);
}

/** Takes dead hosts out as far as allowed, those of the first priority first: they are asked most. */
function ejectDead(localities: readonly Locality[], limit: number): readonly Locality[] {
  let left = limit;
  const inOrder = [...localities].sort((one, other) => one.priority - other.priority || other.weight - one.weight);
  return inOrder.map((locality) => {
    const ejected = Math.min(left, locality.dead);
    left -= ejected;
    return { ...locality, healthy: locality.endpoints - ejected, dead: locality.dead - ejected };
  });
}

function failingPart(localities: readonly Locality[], shares: ReadonlyMap<string, number>): number {
  const zones = [...new Set(localities.map(({ zone }) => zone))];
  return zones.reduce((sum, zone) => {
    const own = localities.filter((locality) => locality.zone === zone);
    const serving = own.reduce((total, { healthy }) => total + healthy, 0);
    const dead = own.reduce((total, locality) => total + locality.dead, 0);
    return serving === 0 ? sum : sum + ((shares.get(zone) ?? 0) * dead) / serving;
  }, 0);
}
