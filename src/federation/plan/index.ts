export type { BlastRadius, BlastStage, TrafficShares } from './blast-radius';
export { diffObjects, type FieldChange } from './diff-objects';
export { heldClusters, planOffline } from './plan-offline';
export { type ChangeGroup, type ChangePlan, type ClusterChange, type ObjectChange, planChange } from './plan-change';
