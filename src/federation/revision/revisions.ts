import { kubernetesName } from '../../kernel';
import { apiVersionOfKind, type KubeObject } from '../../kube/schema';
import { labels, type Revision, revisionKind } from '../api';
import { revisionDigest, type Snapshot } from './snapshot';

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

/** The frozen intent of a revision. */
export function snapshotIn(revision: Revision): Snapshot | undefined {
  // The hub is the only writer, and a revision never changes: what is in it is what snapshotOf made.
  return revision.spec?.snapshot as Snapshot | undefined;
}

/** The next revision of an access point, or undefined when the newest one holds the same intent already. */
export function nextRevision(
  accessPoint: KubeObject,
  snapshot: Snapshot,
  revisions: readonly Revision[],
): Revision | undefined {
  const digest = revisionDigest(snapshot);
  const newest = newestRevision(revisions);
  if (newest?.spec?.digest === digest) return undefined;
  const { name, namespace = 'default', uid = '' } = accessPoint.metadata;
  const number = (newest?.spec?.number ?? 0) + 1;
  return {
    apiVersion: apiVersionOfKind(revisionKind),
    kind: revisionKind.kind,
    metadata: {
      name: revisionName(name, number),
      namespace,
      labels: { [labels.managedBy]: 'flotilla' },
      ownerReferences: [{ apiVersion: accessPoint.apiVersion, kind: accessPoint.kind, name, uid, controller: true }],
    },
    spec: {
      owner: { kind: 'AccessPoint', name },
      number,
      digest,
      mesh: snapshot.accessPoint.mesh,
      snapshot: { ...snapshot },
    },
  };
}

/** Name of a revision and of the rollout that releases it. */
export function revisionName(owner: string, number: number): string {
  return kubernetesName(`${owner}-r${number}`);
}

/** Revisions that may go: beyond the last ten, and run by no cluster. */
export function surplusRevisions(revisions: readonly Revision[], released: ReadonlySet<string>): Revision[] {
  const old = [...revisions].sort(byNumberDescending).slice(KEPT_REVISIONS);
  return old.filter((revision) => !released.has(revision.spec?.digest ?? ''));
}

function byNumberDescending(left: Revision, right: Revision): number {
  return (right.spec?.number ?? 0) - (left.spec?.number ?? 0);
}
