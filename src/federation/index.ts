export {
  acceptAccessPoint,
  type Acceptance,
  type AcceptedIntent,
  type HubLookups,
  judgeAccessPoint,
} from './acceptance';
export { hubKinds, zoneKinds } from './hub/setup/hub-kinds';
export { type HubObjects, hubObjectsOf, type OfflineRender, renderOffline } from './offline';
export { placeAccessPoint, type Placement, type PlacementInput, type PlacementSources } from './placement';
export { planRollout, type RolloutPlan } from './rollout';
export { revisionDigest, type Snapshot, snapshotOf } from './revision';
export {
  type ChangeGroup,
  type ChangePlan,
  type ClusterChange,
  type FieldChange,
  type ObjectChange,
  planHub,
  planOffline,
} from './plan';
