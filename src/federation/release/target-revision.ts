import { apiVersionOfKind, type KubeObject } from '../../kube/schema';
import { labels, type Revision, revisionKind } from '../api';
import { newestRevision, revisionDigest, type Snapshot, snapshotIn } from '../revision';
import { type Owner, revisionName } from './owner';

/** The revision that every cluster is brought to. */
export interface TargetRevision<S extends Snapshot> {
  readonly digest: string;
  readonly number: number;
  readonly snapshot: S;
  /** The object to create first, when the intent is new. */
  readonly create?: Revision;
}

/** The target: the accepted intent, or the newest revision when what is written now was not accepted. */
export function targetRevision<S extends Snapshot>(
  owner: Owner,
  object: KubeObject,
  accepted: S | undefined,
  revisions: readonly Revision[],
): TargetRevision<S> | undefined {
  const newest = newestRevision(revisions);
  if (accepted === undefined) return fromRevision<S>(newest);
  const digest = revisionDigest(accepted);
  if (newest?.spec?.digest === digest) return fromRevision<S>(newest);
  const number = (newest?.spec?.number ?? 0) + 1;
  return {
    digest,
    number,
    snapshot: accepted,
    create: newRevision(owner, object, { digest, number, snapshot: accepted }),
  };
}

function fromRevision<S extends Snapshot>(revision: Revision | undefined): TargetRevision<S> | undefined {
  const snapshot = revision === undefined ? undefined : snapshotIn<S>(revision);
  if (revision?.spec === undefined || snapshot === undefined) return undefined;
  return { digest: revision.spec.digest, number: revision.spec.number, snapshot };
}

function newRevision(
  { kind, name, namespace }: Owner,
  { apiVersion, metadata }: KubeObject,
  { digest, number, snapshot }: { readonly digest: string; readonly number: number; readonly snapshot: Snapshot },
): Revision {
  return {
    apiVersion: apiVersionOfKind(revisionKind),
    kind: revisionKind.kind,
    metadata: {
      name: revisionName({ kind, name }, number),
      namespace,
      labels: { [labels.managedBy]: 'flotilla' },
      ownerReferences: [{ apiVersion, kind, name, uid: metadata.uid ?? '', controller: true }],
    },
    spec: { owner: { kind, name }, number, digest, mesh: snapshot.meshName, snapshot: { ...snapshot } },
  };
}
