import type { Bundle } from '../api';

/** What the hub sees of one zone when it decides about one access point. */
export interface ZoneView {
  /** Name of the zone's gateway cluster, where its bundles lie. */
  readonly gateway: string;
  /** Why nothing can be written there now: never read yet, or no news; undefined when all is well. */
  readonly held?: string | undefined;
  /** The bundles of this access point as last seen, by the cluster they are for. */
  readonly bundles: ReadonlyMap<string, Bundle>;
  /** Bundles that the zone's API server refused, by the cluster they are for: the error in full. */
  readonly refused: ReadonlyMap<string, string>;
}
