import type { DeclaredRates } from '../federation/api';
import type { ZoneName } from '../kernel';

/** One cluster that an access point was placed in: the part of a MemberCluster that rendering depends on. */
export interface PlacedCluster {
  readonly name: string;
  readonly zone: ZoneName;
  readonly role: 'Gateway' | 'Workload';
  /** Whether the backend runs here: workload clusters do; a gateway cluster only when its zone has no placed workload cluster. */
  readonly holdsBackend: boolean;
  /** Places in `spec.overrides` of the overrides whose target includes this cluster. */
  readonly overrides?: readonly number[];
}

/** What zones observed about one access point; the only thing beside intent that rendering depends on. */
export interface AccessPointFacts {
  /** Cluster name → address of the app tier's LoadBalancer Service, as last seen. */
  readonly vips: Readonly<Record<string, string>>;
  /** Cluster name → gateway pods on nodes without locality labels (R6). */
  readonly gatewaysWithoutLocality?: Readonly<Record<string, readonly string[]>>;
  /** Zone → addresses from a pool that the access point was given there, IPv4 first. */
  readonly addresses?: Readonly<Record<string, readonly string[]>>;
  /** Zones that are drained now, with the time at which each drain ends (RFC 3339). */
  readonly drains?: Readonly<Record<string, string>>;
  /** What zones can serve and what their clients send, as the access point declares it. */
  readonly rates?: DeclaredRates;
}

/** The zones of some clusters, each once, sorted. */
export function zonesOf(clusters: readonly PlacedCluster[]): ZoneName[] {
  return [...new Set(clusters.map((cluster) => cluster.zone))].sort();
}
