export { newestRevision, revisionByDigest, snapshotIn, surplusRevisions } from './revisions';
export { type AccessPointSnapshot, revisionDigest, type Snapshot, snapshotOf, sortedByName } from './snapshot';
