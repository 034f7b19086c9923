export { ClusterClients, type ClusterContext, type ContextOf, type ReachedCluster } from './cluster-clients';
export { CLI_FIELD_MANAGER, type HubChange, hubKindOf, type HubPlan, inNamespace, planOnHub } from './plan-on-hub';
export { PlanServer } from './plan-server';
