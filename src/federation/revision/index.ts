export {
  newestRevision,
  nextRevision,
  revisionByDigest,
  revisionName,
  snapshotIn,
  surplusRevisions,
} from './revisions';
export { revisionDigest, type Snapshot, snapshotOf } from './snapshot';
