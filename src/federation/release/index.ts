export {
  type BundleChange,
  decideRelease,
  type ReleaseDecision,
  type ReleaseInput,
  type Rendering,
} from './decide-release';
export { earliest } from './earliest';
export { bundleIdentity, bundleName, bundleOwnerKey, type Owner, ownerKey, type OwnerKind, ownerOf } from './owner';
export { type ReleasedRevision, releasedRevisions, type ReleaseRecord } from './released-revisions';
export type { ZoneView } from './zone-view';
