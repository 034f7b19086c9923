import type { Informer } from '../../../kube';
import type { KubeObject, ResourceKind } from '../../../kube/schema';
import type { BundleChange, OwnerKind, ReleaseDecision, ReleaseInput, ReleaseRecord, ZoneView } from '../../release';
import type { Snapshot } from '../../revision';
import type { Looks } from '../controller';

/** An object that is released cluster by cluster; its status is the record of what is released where. */
export type ReleasedObject = KubeObject & {
  readonly status?: { readonly clusters?: readonly ReleaseRecord[] | undefined } | undefined;
};

/** What the hub knows of one owner's releases at this moment, whatever its kind. */
export type ReleaseState = Pick<
  ReleaseInput<Snapshot>,
  'revisions' | 'rollouts' | 'approvals' | 'zones' | 'epoch' | 'nowMs'
>;

/** What follows for one owner: its release, and the status that records it. */
export type OwnerDecision<O extends ReleasedObject> = ReleaseDecision<Snapshot> & {
  readonly status: NonNullable<O['status']>;
};

/** What has to happen in the zones before the bundles of a deleted owner may go. */
export interface Withdrawal {
  readonly write: readonly BundleChange[];
  /** When the bundles may go, in milliseconds since the epoch. */
  readonly removeAtMs: number;
}

/** What a kind of owner brings. Everything else is the same for all of them, see `OwnerController`. Keys are `namespace/name`. */
export interface ReleasedKind<O extends ReleasedObject> {
  /** Name of its queue in logs and metrics. */
  readonly name: string;
  readonly kind: OwnerKind;
  readonly definition: ResourceKind;
  /** The owners themselves. */
  readonly objects: Informer<O>;
  /** Asks for looks whenever something else changes that decides about owners of this kind. The caches are synced. */
  follow(looks: Looks): void;
  /**
   * Who has to be looked at now that an owner changed, or, when both states are the same, what is released of it; itself alone when left out. Asked
   * before any of them is looked at.
   */
  concernedBy?(key: string, current: O | undefined, previous: O | undefined): Iterable<string>;
  /** Judges one owner against what is known, and decides what follows. */
  decide(object: O, state: ReleaseState): OwnerDecision<O>;
  /** Whether a status is worth no write; when left out, whether it is the same. */
  sameStatus?(left: O['status'], right: O['status']): boolean;
  /** The first step of a deletion; when left out, bundles go at once. */
  withdraw?(object: O, zones: ReadonlyMap<string, ZoneView>, epoch: number): Withdrawal;
  /** Forgets what was remembered of an owner that is gone. */
  forget?(key: string): void;
}
