export { accessPointConditions, type AccessPointState } from './access-point-conditions';
export { clusterStatus, type ClusterStatus } from './cluster-status';
export { type ConditionParts, mergeConditions, type StoredCondition } from './set-condition';
export { acceptedCondition, placedCondition, rolloutCondition } from './release-conditions';
export { isolationCondition } from './mesh-isolation';
