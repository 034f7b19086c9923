export type { Measurements } from './gate';
export { measurementsOf } from './measurements';
export { planRollout } from './plan-rollout';
export {
  type ClusterObservation,
  memoryOf,
  type Release,
  type RolloutInput,
  type RolloutMemory,
  type RolloutPlan,
} from './rollout-input';
export { type ClusterLabels, type Stage, stagesOf } from './stages';
export { stageProblems } from './stage-problems';
export { strategyOf } from './strategy-of';
