import type { Revision } from '../api';
import { revisionByDigest, snapshotIn } from '../revision';
import type { PlannedRevision } from './owner-state';

/** Owner, `Kind/namespace/name` → its revisions. */
export type OwnerHistory = ReadonlyMap<string, readonly Revision[]>;

/** Sorts revisions by their owner. */
export function historyOf(revisions: readonly Revision[]): OwnerHistory {
  const history = new Map<string, Revision[]>();
  for (const revision of revisions) {
    if (revision.spec === undefined) continue;
    const { kind, name } = revision.spec.owner;
    const key = `${kind}/${revision.metadata.namespace ?? 'default'}/${name}`;
    const known = history.get(key);
    if (known === undefined) history.set(key, [revision]);
    else known.push(revision);
  }
  return history;
}

/**
 * What each cluster runs: by the record in the owner's status, where there are revisions to look it up in. A set of files without
 * revisions says nothing of releases, and counts as released everywhere.
 */
export function releasedOf(
  target: PlannedRevision | undefined,
  rows: readonly { readonly cluster: string; readonly revision?: string | undefined }[],
  revisions: readonly Revision[],
): ReadonlyMap<string, PlannedRevision> {
  const released = new Map<string, PlannedRevision>();
  if (revisions.length === 0) {
    if (target !== undefined) for (const { name } of target.snapshot.clusters) released.set(name, target);
    return released;
  }
  for (const { cluster, revision: digest } of rows) {
    if (digest === undefined) continue;
    const revision = revisionByDigest(revisions, digest);
    const snapshot = revision === undefined ? undefined : snapshotIn(revision);
    if (snapshot !== undefined) released.set(cluster, { digest, snapshot });
    else if (target?.digest === digest) released.set(cluster, target);
  }
  return released;
}
