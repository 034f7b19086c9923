import type { MeshSpec } from '../../federation/api';
import type { AccessPoint } from '../access-point';
import type { AccessPointFacts, PlacedCluster } from '../placed-cluster';

/** The part of a Mesh that rendering depends on; a Mesh object is one. */
export interface MeshIntent {
  readonly metadata: { readonly name: string };
  readonly spec?: MeshIntentSpec | undefined;
}

/** Mesh fields that change what is rendered. */
export type MeshIntentSpec = Pick<
  MeshSpec,
  'trustDomain' | 'rootNamespace' | 'gatewayNamespace' | 'defaultExportTo' | 'locality' | 'domain'
> &
  Partial<Pick<MeshSpec, 'discoverySelectors'>>;

/** Everything that decides the manifests of one access point for one cluster. */
export interface RenderInput {
  readonly accessPoint: AccessPoint;
  readonly mesh: MeshIntent;
  /** Every cluster that the access point was placed in. */
  readonly clusters: readonly PlacedCluster[];
  readonly facts: AccessPointFacts;
  /** The cluster to render for; one of `clusters`. */
  readonly cluster: PlacedCluster;
  /** Digest of the revision that is rendered. */
  readonly revision: string;
}

/** RenderInput with what every object needs worked out once. */
export interface RenderContext extends RenderInput {
  readonly spec: NonNullable<AccessPoint['spec']>;
  readonly meshSpec: MeshIntentSpec;
  readonly namespace: string;
  /** Name of the bundle that the manifests belong to. */
  readonly bundle: string;
}
