import type { Revision } from '../api';
import type { Snapshot } from './snapshot';

/** How many revisions of one owner are kept beside those that some cluster still runs. */
export const KEPT_REVISIONS = 10;

/** The newest revision of an owner, if any. */
export function newestRevision(revisions: readonly Revision[]): Revision | undefined {
  return [...revisions].sort(byNumberDescending)[0];
}

/** The revision with this digest; the newest one when intent returned to what it once was. */
export function revisionByDigest(revisions: readonly Revision[], digest: string): Revision | undefined {
  return newestRevision(revisions.filter((revision) => revision.spec?.digest === digest));
}

/** The frozen intent of a revision, of the kind that its owner freezes. */
export function snapshotIn<S extends Snapshot>(revision: Revision): S | undefined {
  // The hub is the only writer, and a revision never changes: what is in it is what its owner's kind put there.
  return revision.spec?.snapshot as S | undefined;
}

/** The frozen intent of the newest revision of an owner, if any. */
export function newestSnapshot<S extends Snapshot>(revisions: readonly Revision[]): S | undefined {
  const newest = newestRevision(revisions);
  return newest === undefined ? undefined : snapshotIn<S>(newest);
}

/** Names of the clusters that the newest revision went to: choices are kept from there. */
export function lastPlacement(revisions: readonly Revision[]): ReadonlySet<string> {
  return new Set((newestSnapshot(revisions)?.clusters ?? []).map(({ name }) => name));
}

/** Revisions that may go: beyond the last ten, and run by no cluster. */
export function surplusRevisions(revisions: readonly Revision[], released: ReadonlySet<string>): Revision[] {
  const old = [...revisions].sort(byNumberDescending).slice(KEPT_REVISIONS);
  return old.filter((revision) => !released.has(revision.spec?.digest ?? ''));
}

function byNumberDescending(left: Revision, right: Revision): number {
  return (right.spec?.number ?? 0) - (left.spec?.number ?? 0);
}
