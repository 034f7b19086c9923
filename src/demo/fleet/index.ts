export { cacheFolder } from './cache-folder';
export type { ClusterProvider, ClusterRequest } from './cluster-provider';
export { DemoFleet, type DemoFleetOptions } from './demo-fleet';
export { findEnvoy } from './find-envoy';
export { installEnvoy } from './install-envoy';
export { measureSplits, type MeasuredSplit, untilServing } from './measure-splits';
export { expectedFrom, type MeasuredIntent, readIntent, untilConverged } from './measured-intent';
export { partIds } from './parts';
export { proveSplit, type ProofOptions } from './prove-split';
