export { placeAccessPoint, type Placement, type PlacementInput } from './place-access-point';
export type { PlacementSources, WorkloadClusters } from './placement-rules';
export { workloadClustersOf } from './workload-clusters';
