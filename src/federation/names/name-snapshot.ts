import type { MeshIntentSpec, PlacedCluster } from '../../accesspoint';
import type { NameIntent } from '../../nameservice';
import type { MeshSpec } from '../api';
import { meshIntentOf, type Snapshot, sortedByName } from '../revision';

/** One name's intent with what it takes from its targets and its mesh: what a revision freezes. */
export interface NameSnapshot extends Snapshot {
  readonly name: NameIntent;
  readonly mesh: MeshIntentSpec;
}

/** Freezes a name; every zone of the mesh consumes it. */
export function nameSnapshot(name: NameIntent, mesh: MeshSpec, clusters: readonly PlacedCluster[]): NameSnapshot {
  return { meshName: name.mesh, name, mesh: meshIntentOf(mesh), clusters: sortedByName(clusters) };
}
