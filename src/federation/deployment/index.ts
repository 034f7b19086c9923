export { decideDeployment, type DeploymentInput } from './decide-deployment';
export { judgeDeployment } from './judge-deployment';
export { renderDeployment } from './render-deployment';
export type { DeploymentSnapshot } from './deployment-snapshot';
