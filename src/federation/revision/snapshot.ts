import type { AccessPointSpec, MeshIntentSpec, PlacedCluster } from '../../accesspoint';
import { digestOf } from '../../kernel';
import type { MeshSpec } from '../api';

/** One access point's intent with everything it uses: what a revision freezes. */
export interface Snapshot {
  readonly accessPoint: AccessPointSpec;
  /** The part of the mesh that rendering depends on; certificate lifetimes and the like make no new revision. */
  readonly mesh: MeshIntentSpec;
  readonly clusters: readonly PlacedCluster[];
}

/** Freezes intent. `paused` steers the release of revisions and is no part of them. */
export function snapshotOf(spec: AccessPointSpec, mesh: MeshSpec, clusters: readonly PlacedCluster[]): Snapshot {
  const { trustDomain, rootNamespace, gatewayNamespace, defaultExportTo, locality, domain } = mesh;
  return {
    accessPoint: { ...spec, paused: false },
    mesh: {
      trustDomain,
      rootNamespace,
      ...(gatewayNamespace === undefined ? {} : { gatewayNamespace }),
      defaultExportTo,
      locality,
      domain,
    },
    clusters: [...clusters].sort((left, right) => (left.name < right.name ? -1 : 1)),
  };
}

/** Digest of a snapshot, 64 hexadecimal digits: the name of a revision in bundles, annotations and status. */
export function revisionDigest(snapshot: Snapshot): string {
  return digestOf(snapshot);
}
