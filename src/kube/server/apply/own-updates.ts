import { type Owner, epochSeconds, ownerIdentity, type Owners, compareText } from './managed-fields';
import {
  disownChanges,
  filteredChanges,
  type Operation,
  reconcileOwners,
  setOwned,
  withoutServerFields,
} from './ownership';

/** Kubernetes keeps at most this many entries of updaters; older ones fold into one bucket per version. */
const MAXIMUM_UPDATERS = 10;
const BUCKET = 'ancient-changes';

/**
 * Ownership after a write other than apply: the writer owns what it added or changed (beside what it owned), nobody
 * owns what it removed, everybody else loses what it changed.
 */
export function ownUpdates(before: unknown, after: unknown, owners: Owners, operation: Operation): Owners {
  const result = reconcileOwners(owners, operation.shape);
  const changes = filteredChanges(before, after, operation);
  const actor = ownerIdentity(operation.actor);
  disownChanges(result, changes, '');
  const taken = withoutServerFields(operation.filter(changes.modified.union(changes.added)));
  if (!taken.isEmpty) {
    const previous = result.get(actor)?.set;
    setOwned(result, operation, previous === undefined ? taken : taken.union(previous), operation.nowRfc3339);
  }
  return foldOldUpdaters(result);
}

function foldOldUpdaters(owners: Owners): Owners {
  const updaters = [...owners].filter(([, owner]) => owner.operation === 'Update');
  let surplus = updaters.length - MAXIMUM_UPDATERS;
  if (surplus <= 0) return owners;
  updaters.sort(
    ([leftId, left], [rightId, right]) => epochSeconds(left) - epochSeconds(right) || compareText(leftId, rightId),
  );
  const firstOfVersion = new Map<string, string>();
  for (const [identity, owner] of updaters) {
    if (surplus <= 0) break;
    const first = firstOfVersion.get(owner.apiVersion);
    if (first === undefined) firstOfVersion.set(owner.apiVersion, identity);
    else {
      foldInto(owners, first, owner);
      owners.delete(identity);
      surplus -= 1;
    }
  }
  return owners;
}

/** The bucket takes the time of what was folded into it last, since that is the younger one. */
function foldInto(owners: Owners, first: string, owner: Owner): void {
  const identity = { manager: BUCKET, operation: 'Update', apiVersion: owner.apiVersion, subresource: '' } as const;
  const bucketId = ownerIdentity(identity);
  const bucket = owners.get(bucketId) ?? owners.get(first);
  owners.delete(first);
  const set = bucket === undefined ? owner.set : owner.set.union(bucket.set);
  owners.set(bucketId, { ...identity, set, time: owner.time });
}
