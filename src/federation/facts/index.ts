export { type ClusterFact, type ClusterFacts, foldFact, foldFacts, rememberedFacts, renderFacts } from './fold-facts';
