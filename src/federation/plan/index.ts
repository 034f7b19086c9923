export type { BlastRadius, BlastStage, TrafficShares } from './blast-radius';
export { diffObjects, type FieldChange } from './diff-objects';
export { heldClusters, planOffline } from './plan-offline';
export type { ClusterChange, ObjectChange } from './cluster-change';
export { type ChangeGroup, type ChangePlan, planChange } from './plan-change';
