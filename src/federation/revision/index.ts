export {
  lastPlacement,
  newestRevision,
  newestSnapshot,
  revisionByDigest,
  snapshotIn,
  surplusRevisions,
} from './revisions';
export {
  type AccessPointSnapshot,
  meshIntentOf,
  revisionDigest,
  type Snapshot,
  snapshotOf,
  sortedByName,
} from './snapshot';
