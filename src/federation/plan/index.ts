export type { BlastRadius, BlastStage, TrafficShares } from './blast-radius';
export { type FieldChange } from './diff-objects';
export { planOffline } from './plan-offline';
export type { ClusterChange, ObjectChange } from './cluster-change';
export { type ChangeGroup, type ChangePlan } from './plan-change';
