export { activeDrains, type Drain, drainsInForce, nextDrainEndMs } from './active-drains';
export { type ClusterFact, type ClusterFacts, foldFact, foldFacts, rememberedFacts, renderFacts } from './fold-facts';
