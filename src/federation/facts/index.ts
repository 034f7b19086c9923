export { activeDrains, type Drain, drainsInForce, nextDrainEndMs } from './active-drains';
export {
  type ClusterFact,
  type ClusterFacts,
  foldFacts,
  type HubFacts,
  rememberedFacts,
  renderFacts,
} from './fold-facts';
