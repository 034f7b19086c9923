export {
  type ClusterObservation,
  planRollout,
  releaseOrder,
  type RolloutInput,
  type RolloutPlan,
} from './plan-rollout';
