export { candidatesFor, chooseClusters } from './choose-clusters';
export { choiceOf, type PolicyChoice } from './policy-choice';
export { type FleetMember, fleetOf, gatewayOf } from './fleet-member';
export { placeAccessPoint, type Placement, type PlacementInput } from './place-access-point';
export { placementPart } from './placement-part';
export { deploymentClusters, deploymentRules, type PlacementSources, type WorkloadClusters } from './placement-rules';
export { workloadClustersOf } from './workload-clusters';
