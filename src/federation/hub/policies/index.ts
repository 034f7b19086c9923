export { PlacementPolicies } from './placement-policies';
export { RolloutPolicies } from './rollout-policies';
