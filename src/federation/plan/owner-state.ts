import type { PlacedCluster } from '../../accesspoint';
import type { Finding } from '../../kernel';
import type { Manifest, RolloutStrategy } from '../api';
import type { Snapshot } from '../revision';

/** A revision of one owner: its frozen intent and what it is called. */
export interface PlannedRevision {
  readonly digest: string;
  readonly snapshot: Snapshot;
}

/** What one cluster of an owner carries of its traffic. */
export interface Exposure {
  readonly cluster: string;
  readonly zone: string;
  /** Fraction of the owner's requests, 0 to 1, that the clients of its zone send through it. */
  readonly sent: number;
  /** Fraction of the owner's requests that its pods serve, wherever they come from. */
  readonly served: number;
}

/** Where the numbers of a blast radius come from: measured load, ready endpoints, or nothing better than even parts. */
export type TrafficBasis = 'measured' | 'endpoints' | 'even';

/** One owner (an access point, a deployment) in one set of hub objects: what it is brought to, and what clusters run. */
export interface OwnerState {
  /** `Kind/namespace/name` */
  readonly key: string;
  readonly namespace: string;
  /** What every cluster is brought to; undefined when nothing was ever accepted. */
  readonly target: PlannedRevision | undefined;
  /** Cluster → revision that it runs. */
  readonly released: ReadonlyMap<string, PlannedRevision>;
  /** Whatever rendering depends on beside a revision. */
  readonly facts: unknown;
  readonly render: (revision: PlannedRevision, cluster: PlacedCluster) => readonly Manifest[];
  readonly findings: readonly Finding[];
  readonly strategy: RolloutStrategy;
  readonly hosts: readonly string[];
  readonly vips: readonly string[];
  readonly traffic: { readonly basis: TrafficBasis; readonly exposures: readonly Exposure[] };
}
