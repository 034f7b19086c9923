export { activeDrains, type Drain, drainEndsMs, drainsInForce } from './active-drains';
export {
  type ClusterFact,
  type ClusterFacts,
  foldFacts,
  type HubFacts,
  rememberedFacts,
  renderFacts,
} from './fold-facts';
