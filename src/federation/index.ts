export { type HubLookups, judgeAccessPoint } from './acceptance';
export { hubKinds } from './hub/setup';
export { type HubObjects, hubObjectsOf, type OfflineRender, renderOffline } from './offline';
export { revisionDigest, snapshotOf } from './revision';
export {
  type ChangeGroup,
  type ChangePlan,
  type ClusterChange,
  type FieldChange,
  type ObjectChange,
  planHub,
  planOffline,
} from './plan';
