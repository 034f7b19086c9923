import type { AccessPointSpec, MeshIntentSpec, PlacedCluster } from '../../accesspoint';
import { digestOf } from '../../kernel';
import type { MeshSpec } from '../api';

/** The part of a snapshot that releasing looks at; each kind of owner adds its own intent. */
export interface Snapshot {
  /** Name of the mesh. */
  readonly meshName: string;
  readonly clusters: readonly PlacedCluster[];
}

/** One access point's intent with everything it uses: what a revision freezes. */
export interface AccessPointSnapshot extends Snapshot {
  readonly accessPoint: AccessPointSpec;
  /** The part of the mesh that rendering depends on; certificate lifetimes and the like make no new revision. */
  readonly mesh: MeshIntentSpec;
}

/**
 * Freezes intent. What steers the release of revisions (`paused`, `rollout`), and what takes effect at once whatever is released (`drain`), is no
 * part of them; where an access point goes is in its clusters, not in the rules that chose them.
 */
export function snapshotOf(
  spec: AccessPointSpec,
  mesh: MeshSpec,
  clusters: readonly PlacedCluster[],
): AccessPointSnapshot {
  return {
    meshName: spec.mesh,
    accessPoint: frozenSpec(spec),
    mesh: meshIntentOf(mesh),
    clusters: sortedByName(clusters),
  };
}

/** The part of a mesh that rendering depends on. */
export function meshIntentOf(mesh: MeshSpec): MeshIntentSpec {
  const { trustDomain, rootNamespace, gatewayNamespace, defaultExportTo, locality, domain, discoverySelectors } = mesh;
  return {
    trustDomain,
    rootNamespace,
    ...(gatewayNamespace === undefined ? {} : { gatewayNamespace }),
    defaultExportTo,
    locality,
    domain,
    ...(discoverySelectors.length === 0 ? {} : { discoverySelectors }),
  };
}

/** Clusters in the order in which snapshots hold them. */
export function sortedByName(clusters: readonly PlacedCluster[]): PlacedCluster[] {
  return [...clusters].sort((left, right) => (left.name < right.name ? -1 : 1));
}

function frozenSpec({ rollout: _rollout, ...spec }: AccessPointSpec): AccessPointSpec {
  return { ...spec, placement: {}, paused: false, runtime: { ...spec.runtime, drain: [] } };
}

/** Digest of a snapshot, 64 hexadecimal digits: the name of a revision in bundles, annotations and status. */
export function revisionDigest(snapshot: Snapshot): string {
  return digestOf(snapshot);
}
