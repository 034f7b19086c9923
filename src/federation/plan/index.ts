export type { BlastRadius, BlastStage } from './blast-radius';
export type { ClusterChange, FieldManagerConflict, ObjectChange } from './cluster-change';
export { type FieldChange } from './diff-objects';
export { type ChangeGroup } from './plan-change';
export { type ChangePlan, planHub } from './plan-hub';
export { planOffline } from './plan-offline';
