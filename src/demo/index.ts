export type { LoadKind, LoadResult } from './client';
export {
  cacheFolder,
  claimDataFolder,
  type ClusterProvider,
  type ClusterRequest,
  DemoFleet,
  type DemoFleetOptions,
  expectedFrom,
  findEnvoy,
  installEnvoy,
  type MeasuredIntent,
  measurableKinds,
  measureSplits,
  type MeasuredSplit,
  partIds,
  proveSplit,
  readIntent,
  untilConverged,
  untilServing,
} from './fleet';
export { type FleetPlan, type FleetZone, wellKnownPorts } from './plan';
export { checkSplit, renderReport, type Split, type UpReport } from './report';
