export { bundleOf, type BundleInput, bundleProgress, type BundleProgress, type RenderedBundle } from './bundle';
export { type HubObjects, hubObjectsOf, type OfflineRender, renderOffline } from './offline';
export { placeAccessPoint, type Placement } from './placement';
export { planRollout, type RolloutPlan } from './rollout';
export { revisionDigest, type Snapshot, snapshotOf } from './revision';
export {
  type ChangeGroup,
  type ChangePlan,
  type ClusterChange,
  type FieldChange,
  type ObjectChange,
  planOffline,
} from './plan';
