import type { AccessPoint } from '../../accesspoint';
import type { AcceptedIntent } from '../acceptance';
import type { Revision } from '../api';
import { newestRevision, nextRevision, type Snapshot, snapshotIn, snapshotOf } from '../revision';

/** The revision that every cluster is brought to. */
export interface TargetRevision {
  readonly digest: string;
  readonly number: number;
  readonly snapshot: Snapshot;
  /** The object to create first, when the intent is new. */
  readonly create?: Revision;
}

/** The target: the accepted intent, or the newest revision when what is written now was not accepted. */
export function targetRevision(
  accessPoint: AccessPoint,
  accepted: AcceptedIntent | undefined,
  revisions: readonly Revision[],
): TargetRevision | undefined {
  if (accepted === undefined || accessPoint.spec === undefined) return fromRevision(newestRevision(revisions));
  const snapshot = snapshotOf(accessPoint.spec, accepted.mesh, accepted.clusters);
  const create = nextRevision(accessPoint, snapshot, revisions);
  if (create === undefined) return fromRevision(newestRevision(revisions));
  return { digest: create.spec?.digest ?? '', number: create.spec?.number ?? 0, snapshot, create };
}

function fromRevision(revision: Revision | undefined): TargetRevision | undefined {
  const snapshot = revision === undefined ? undefined : snapshotIn(revision);
  if (revision?.spec === undefined || snapshot === undefined) return undefined;
  return { digest: revision.spec.digest, number: revision.spec.number, snapshot };
}
