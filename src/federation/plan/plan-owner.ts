import type { PlacedCluster } from '../../accesspoint';
import { jsonEqual } from '../../kernel';
import type { Manifest } from '../api';
import type { OwnerState, PlannedRevision } from './owner-state';

/** What one owner has in its clusters, and what it would have. */
export interface OwnerManifests {
  /** As the next set of hub objects sees it, with the hosts, addresses and traffic that it has already; as it was, for one that goes. */
  readonly owner: OwnerState;
  readonly before: ReadonlyMap<string, readonly Manifest[]>;
  readonly after: ReadonlyMap<string, readonly Manifest[]>;
}

/**
 * Renders what clusters run and what they would get, for an owner whose intent or facts differ between two sets. Before is what was
 * released, so that a change that is only half way out shows in the clusters that still have to get it.
 * @returns undefined when nothing about the owner differs; then nothing is rendered
 */
export function ownerManifests(base: OwnerState | undefined, next: OwnerState | undefined): OwnerManifests | undefined {
  const owner = next ?? base;
  if (owner === undefined || (base !== undefined && next !== undefined && sameOutcome(base, next))) return undefined;
  return {
    owner: base === undefined || next === undefined ? owner : together(base, next),
    before: base === undefined ? new Map() : renderReleased(base),
    after: next === undefined ? new Map() : renderTarget(next),
  };
}

/** What can be hurt is what is there now, and beside it what comes. */
function together(base: OwnerState, next: OwnerState): OwnerState {
  const now = new Set(base.traffic.exposures.map(({ cluster }) => cluster));
  const coming = next.traffic.exposures.filter(({ cluster }) => !now.has(cluster));
  return {
    ...next,
    hosts: [...new Set([...base.hosts, ...next.hosts])],
    vips: [...new Set([...base.vips, ...next.vips])],
    traffic: { basis: base.traffic.basis, exposures: [...base.traffic.exposures, ...coming] },
  };
}

/** Equal revisions with equal facts render the same bytes. */
function sameOutcome(base: OwnerState, next: OwnerState): boolean {
  return base.target?.digest === next.target?.digest && jsonEqual(base.facts, next.facts);
}

function renderReleased({ released, render }: OwnerState): ReadonlyMap<string, readonly Manifest[]> {
  const manifests = new Map<string, readonly Manifest[]>();
  for (const [name, revision] of released) {
    const cluster = placeIn(revision, name);
    if (cluster !== undefined) manifests.set(name, render(revision, cluster));
  }
  return manifests;
}

function placeIn({ snapshot }: PlannedRevision, name: string): PlacedCluster | undefined {
  return snapshot.clusters.find((cluster) => cluster.name === name);
}

function renderTarget({ target, render }: OwnerState): ReadonlyMap<string, readonly Manifest[]> {
  if (target === undefined) return new Map();
  return new Map(target.snapshot.clusters.map((cluster) => [cluster.name, render(target, cluster)]));
}
