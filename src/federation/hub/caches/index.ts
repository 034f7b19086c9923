export { BY_OWNER, BY_ROLLOUT, HubCaches, type Secret } from './hub-caches';
export { WorkloadCaches } from './workload-caches';
